// npm's openid-client as an application: signs in, refreshes, introspects, revokes, signs out.
//
// node client.mjs ISSUER REDIRECT_URI SERVICE_ID SERVICE_SECRET
// Speaks in lines of JSON: prints { step, url } where a person would be sent somewhere and reads
// a line with the address the person came back to; prints { step, … } for everything it learns.
import { createInterface } from 'node:readline/promises';

import * as oidc from 'openid-client';

const [issuer, redirectUri, serviceId, serviceSecret] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const tell = (step, facts) => console.log(JSON.stringify({ step, ...facts }));
const errorOf = (promise) => promise.then(() => null, (error) => error.error ?? error.code ?? String(error));
const options = { execute: [oidc.allowInsecureRequests] };

const app = await oidc.discovery(new URL(issuer), 'demo-cli', undefined, oidc.None(), options);
const service = await oidc.discovery(
  new URL(issuer), serviceId, serviceSecret, oidc.ClientSecretBasic(serviceSecret), options,
);
tell('discovered', { issuer: app.serverMetadata().issuer });

const verifier = oidc.randomPKCECodeVerifier();
const expectedState = oidc.randomState();
const expectedNonce = oidc.randomNonce();
const request = {
  redirect_uri: redirectUri,
  scope: 'openid profile offline_access',
  code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state: expectedState,
  nonce: expectedNonce,
};
tell('sign-in', { url: oidc.buildAuthorizationUrl(app, request).href });
const callback = new URL((await lines.next()).value);
const checks = { pkceCodeVerifier: verifier, expectedState, expectedNonce, idTokenExpected: true };
const tokens = await oidc.authorizationCodeGrant(app, callback, checks);
tell('signed-in', { sub: tokens.claims().sub, aud: tokens.claims().aud });
tell('code-again', { error: await errorOf(oidc.authorizationCodeGrant(app, callback, checks)) });
const session = await signInAgain();

const refreshed = await oidc.refreshTokenGrant(app, session.refresh_token);
tell('refreshed', {
  rotated: refreshed.refresh_token !== session.refresh_token,
  fresh: refreshed.access_token !== session.access_token,
});
const user = await oidc.fetchUserInfo(app, refreshed.access_token, session.claims().sub);
tell('userinfo', { sub: user.sub });

const active = async (token) => (await oidc.tokenIntrospection(service, token)).active;
tell('introspected', {
  access: await active(refreshed.access_token),
  refresh: await active(refreshed.refresh_token),
  nonsense: await active('nonsense'),
});
await oidc.tokenRevocation(app, refreshed.refresh_token);
tell('revoked', {
  refresh: await active(refreshed.refresh_token),
  error: await errorOf(oidc.refreshTokenGrant(app, refreshed.refresh_token)),
});

const leave = oidc.buildEndSessionUrl(app, { id_token_hint: session.id_token });
tell('sign-out', { url: leave.href });
await lines.next();
const silent = { ...request, prompt: 'none', state: oidc.randomState() };
tell('silent', { url: oidc.buildAuthorizationUrl(app, silent).href });
const back = new URL((await lines.next()).value);
tell('signed-out', { error: back.searchParams.get('error') });
process.exit();

// A code that was shown twice ends what came of it (RFC 6749 §4.1.2), so sign in anew.
async function signInAgain() {
  const again = { ...request, state: oidc.randomState() };
  tell('sign-in', { url: oidc.buildAuthorizationUrl(app, again).href });
  const url = new URL((await lines.next()).value);
  return oidc.authorizationCodeGrant(app, url, { ...checks, expectedState: again.state });
}
