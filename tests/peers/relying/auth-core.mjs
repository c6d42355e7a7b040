// Auth.js (@auth/core) as its documentation shows it, with the rotation of refresh tokens in the
// callback `jwt`.
import { Auth } from '@auth/core';
import express from 'express';

import {
  clientId, clientSecret, issuer, listen, origin, refreshGrant, refreshed, scope, secret,
} from './setting.mjs';

const kept = ({ access_token, expires_in, expires_at, refresh_token }) => ({
  access_token,
  refresh_token,
  expires_at: expires_at ?? Math.floor(Date.now() / 1000 + expires_in),
});

const config = {
  basePath: '/auth',
  secret,
  trustHost: true,
  providers: [{
    id: 'tenure',
    name: 'Tenure',
    type: 'oidc',
    issuer,
    clientId,
    clientSecret,
    authorization: { params: { scope } },
  }],
  callbacks: {
    async jwt({ token, account, trigger }) {
      if (account) return { ...token, sub: account.providerAccountId, ...kept(account) };
      if (trigger !== 'update' && Date.now() < token.expires_at * 1000) return token;
      return { ...token, ...kept(await refreshGrant(token.refresh_token)) };
    },
    session: ({ session, token }) => ({
      ...session, sub: token.sub, access_token: token.access_token,
    }),
  },
};

const ask = (path, request, options) =>
  Auth(new Request(origin + path, { headers: request.headers, ...options }), config);

async function pass(answer, response) {
  response.status(answer.status);
  answer.headers.forEach((value, name) => response.append(name, value));
  response.send(Buffer.from(await answer.arrayBuffer()));
}

const app = express();
app.use(express.raw({ type: () => true }));

app.use('/auth', async (request, response) => {
  const { method } = request;
  const body = method === 'POST' ? request.body : undefined;
  await pass(await ask(request.originalUrl, request, { method, body }), response);
});

app.get('/', async (request, response) => {
  const session = await (await ask('/auth/session', request)).json();
  if (!session) return response.redirect('/auth/signin?callbackUrl=/');
  response.json({ sub: session.sub, email: session.user.email });
});

app.get('/refresh', async (request, response) => {
  const before = await (await ask('/auth/session', request)).json();
  const { csrfToken } = await (await ask('/auth/csrf', request)).json();
  const answer = await ask('/auth/session', request, {
    method: 'POST',
    headers: { cookie: request.headers.cookie, 'content-type': 'application/json' },
    body: JSON.stringify({ csrfToken, data: {} }),
  });
  for (const cookie of answer.headers.getSetCookie()) response.append('set-cookie', cookie);
  const after = await answer.json();
  response.json(await refreshed(before.access_token, after.access_token));
});

listen(app);
