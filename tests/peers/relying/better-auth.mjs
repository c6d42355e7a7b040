// better-auth with its generic OAuth plugin, as its documentation shows it.
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node';
import { genericOAuth } from 'better-auth/plugins';
import express from 'express';

import { clientId, clientSecret, issuer, listen, origin, refreshed, scope, secret } from './setting.mjs';

const auth = betterAuth({
  baseURL: origin,
  secret,
  database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
  telemetry: { enabled: false },
  plugins: [genericOAuth({
    config: [{
      providerId: 'tenure',
      discoveryUrl: `${issuer}/.well-known/openid-configuration`,
      clientId,
      clientSecret,
      scopes: scope.split(' '),
    }],
  })],
});

const app = express();
app.all('/api/auth/*rest', toNodeHandler(auth));

app.get('/', async (request, response) => {
  const headers = fromNodeHeaders(request.headers);
  const session = await auth.api.getSession({ headers });
  if (session) {
    const [account] = await auth.api.listUserAccounts({ headers });
    return response.json({ sub: account.accountId, email: session.user.email });
  }
  const body = { provider: 'tenure', callbackURL: '/' };
  const started = await auth.api.signInSocial({ body, headers, returnHeaders: true });
  for (const cookie of started.headers.getSetCookie()) response.append('set-cookie', cookie);
  response.redirect(started.response.url);
});

app.get('/refresh', async (request, response) => {
  const headers = fromNodeHeaders(request.headers);
  const [account] = await auth.api.listUserAccounts({ headers });
  const asked = { body: { accountId: account.id }, headers };
  const before = await auth.api.getAccessToken(asked);
  await auth.api.refreshToken(asked);
  const after = await auth.api.getAccessToken(asked);
  response.json(await refreshed(before.accessToken, after.accessToken));
});

listen(app);
