// passport-openidconnect, which knows no PKCE and leaves the refresh to the application.
import express from 'express';
import session from 'express-session';
import passport from 'passport';
import { Strategy } from 'passport-openidconnect';

import {
  clientId, clientSecret, issuer, listen, origin, refreshGrant, refreshed, secret,
} from './setting.mjs';

passport.use(new Strategy({
  issuer,
  authorizationURL: `${issuer}/oauth2/authorize`,
  tokenURL: `${issuer}/token`,
  userInfoURL: `${issuer}/userinfo`,
  clientID: clientId,
  clientSecret,
  callbackURL: `${origin}/callback`,
  scope: 'profile email offline_access',
  nonce: true,
  skipUserProfile: false,
}, (_issuer, profile, _context, _idToken, accessToken, refreshToken, done) => {
  done(null, { sub: profile.id, email: profile.emails[0].value, accessToken, refreshToken });
}));
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

const app = express();
app.use(session({ secret, resave: false, saveUninitialized: false }));
app.use(passport.authenticate('session'));
app.get('/sign-in', passport.authenticate('openidconnect'));
app.get('/callback', passport.authenticate('openidconnect', { successRedirect: '/' }));

app.get('/', ({ user }, response) => {
  if (!user) return response.redirect('/sign-in');
  response.json({ sub: user.sub, email: user.email });
});

app.get('/refresh', async (request, response) => {
  const { accessToken: before, refreshToken } = request.user;
  const { access_token: after, refresh_token } = await refreshGrant(refreshToken);
  Object.assign(request.user, { accessToken: after, refreshToken: refresh_token });
  response.json(await refreshed(before, after));
});

listen(app);
