// What every application here is told by the test, and what it answers.
//
// node relying/NAME.mjs ISSUER CLIENT_ID CLIENT_SECRET ORIGIN
// Prints { step: 'ready' } when it listens at ORIGIN. There, `/` signs a person in and then says
// who that is, and `/refresh` refreshes the session and says what came of it, both as JSON.
import { randomBytes } from 'node:crypto';

export const [issuer, clientId, clientSecret, origin] = process.argv.slice(2);

/** What an application seals its cookies with. */
export const secret = randomBytes(32).toString('base64url');

/** What the applications ask for; the last is for a refresh token. */
export const scope = 'openid profile email offline_access';

export function listen(app) {
  const { hostname, port } = new URL(origin);
  app.listen(Number(port), hostname, () => console.log(JSON.stringify({ step: 'ready' })));
}

/** The server's own answer to who an access token is of: it must be good. */
export async function userinfo(accessToken) {
  const headers = { authorization: `Bearer ${accessToken}` };
  const answer = await fetch(`${issuer}/userinfo`, { headers });
  if (!answer.ok) throw new Error(`userinfo: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** What `/refresh` says. */
export async function refreshed(before, after) {
  const { sub, email } = await userinfo(after);
  return { fresh: before !== after, sub, email };
}

/** A refresh as RFC 6749 §6 writes it, for the libraries that leave it to the application. */
export async function refreshGrant(refreshToken) {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: refreshToken,
    }),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(`refresh: ${JSON.stringify(told)}`);
  return told;
}
