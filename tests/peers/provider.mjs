// An OpenID provider with refresh-token rotation that survives its own restart.
//
// node provider.mjs PORT STATE_FILE ACCESS_TOKEN_SECONDS
// Prints `ready` when it answers. GET /counts tells how often each grant was asked for.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import http from 'node:http';

import { Provider } from 'oidc-provider';

import { FileState } from './file-state.mjs';

const [port, file, seconds] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const state = new FileState(file);
const counts = {};

const secrets = state.once('secrets', () => ({
  cookie: randomBytes(32).toString('base64url'),
  jwk: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
}));

// Native, since only then any port of this machine will do.
const publicClient = (client_id) => ({
  client_id,
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback', 'http://localhost/callback'],
});

const provider = new Provider(issuer, {
  adapter: (model) => state.adapter(model),
  cookies: { keys: [secrets.cookie] },
  jwks: { keys: [{ ...secrets.jwk, kid: 'peer', use: 'sig', alg: 'RS256' }] },
  clients: [
    publicClient('demo-cli'),
    publicClient('demo-spa'),
    { client_id: 'demo-service', client_secret: 'demo-secret', grant_types: ['client_credentials'], response_types: [], redirect_uris: [] },
  ],
  scopes: ['openid', 'offline_access', 'profile', 'email'],
  claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, name: accountId }) }),
  issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  // Pages come from whatever port was free.
  clientBasedCORS: () => true,
  ttl: { AccessToken: Number(seconds), IdToken: 3600, RefreshToken: 86400, Grant: 86400, Session: 86400, Interaction: 600 },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
    introspection: { enabled: true, allowedPolicy: (_, client) => client.clientId === 'demo-service' },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  interactions: { url: (_, interaction) => `/sign-in/${interaction.uid}` },
});

for (const [event, name] of [['grant.success', 'granted'], ['grant.error', 'refused'], ['grant.revoked', 'revoked']]) {
  provider.on(event, (ctx) => {
    const key = `${name}:${ctx.oidc.params?.grant_type ?? ctx.oidc.route}`;
    counts[key] = (counts[key] ?? 0) + 1;
  });
}

const form = `<!doctype html><title>Sign in</title><form method="post">
<input name="username"><input name="password" type="password"><button>Sign in</button></form>`;

async function signIn(request, response) {
  if (request.method !== 'POST') {
    response.setHeader('content-type', 'text/html').end(form);
    return;
  }
  let body = '';
  for await (const part of request) body += part;
  const fields = new URLSearchParams(body);
  if (fields.get('password') !== 'correct horse battery staple') {
    response.writeHead(401, { 'content-type': 'text/html' }).end(form);
    return;
  }
  const accountId = fields.get('username');
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const grantId = await grant.save();
  await provider.interactionFinished(request, response, { login: { accountId }, consent: { grantId } });
}

const answer = provider.callback();
const server = http.createServer((request, response) => {
  if (request.url === '/counts') {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(counts));
  } else if (request.url.startsWith('/sign-in/')) {
    signIn(request, response).catch((error) => response.writeHead(500).end(String(error)));
  } else {
    answer(request, response);
  }
});
server.listen(Number(port), '127.0.0.1', () => console.log('ready'));
