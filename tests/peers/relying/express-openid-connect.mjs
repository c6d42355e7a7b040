// npm's express-openid-connect as its documentation shows it.
import express from 'express';
import openidConnect from 'express-openid-connect';

import { clientId, clientSecret, issuer, listen, origin, refreshed, scope, secret } from './setting.mjs';

const app = express();
app.use(openidConnect.auth({
  issuerBaseURL: issuer,
  baseURL: origin,
  clientID: clientId,
  clientSecret,
  secret,
  idpLogout: true,
  authorizationParams: { response_type: 'code', scope },
}));

app.get('/', async (request, response) => {
  const { sub } = request.oidc.user;
  const { email } = await request.oidc.fetchUserInfo();
  response.json({ sub, email });
});

app.get('/refresh', async (request, response) => {
  const { access_token: before } = request.oidc.accessToken;
  const { access_token: after } = await request.oidc.accessToken.refresh();
  response.json(await refreshed(before, after));
});

listen(app);
