// The packages that are put in each other's place, and what each is recorded to ask for.

import { createRequire } from 'node:module'

import { build } from 'esbuild'

import { post, service, visit } from './connect_log.js'

const require = createRequire(import.meta.url)
const root = new URL('../../../', import.meta.url).pathname
const CLIENT = 'connect-demo'
const KEY = 'REAPIT_CODE_VERIFIER'
const CHALLENGE = 'code_challenge_method=S256&code_challenge={challenge}'
const VERIFIER = 'code_verifier={verifier}&code_challenge_method=S256'

/** From version 6 on: PKCE, a random state, and token requests in the body. */
const current = {
  client: CLIENT,
  pkce: true,
  authorize: () => visit(`${asked(CLIENT)}&state={uuid}&${CHALLENGE}`),
  exchange: post(
    '/token',
    `${inBody(CLIENT)}&grant_type=authorization_code&code={code}&${VERIFIER}`,
  ),
  refresh: post(
    '/token',
    `${inBody(CLIENT)}&grant_type=refresh_token&refresh_token={refresh token}`,
  ),
  /** What a sign-in from that path leaves beside the refresh token, named after its state. */
  left: (path) => ({ '{uuid}': encodeURIComponent(path), [`{uuid}-${KEY}`]: '{verifier}' }),
  leftByLogin: { [`null-${KEY}`]: '{verifier}' },
  arrivesAt: 'APP/cb?code={code}&state={uuid}',
  listensOnDesktop: false,
  /** Whether each of three calls at once near expiry gets the session. */
  concurrent: [true, false, false],
  /** Where the hook's sign-out goes that is told another place. */
  hookSignsOutTo: 'APP/login',
}

/** Version 4: no PKCE, a random state, and token requests in the query. */
const older = {
  ...current,
  pkce: false,
  authorize: () => visit(`${asked(CLIENT)}&state={uuid}`),
  left: (path) => ({ '{uuid}': encodeURIComponent(path) }),
  leftByLogin: {},
  ...inQuery(CLIENT),
}

/** Version 3: the state is the path itself, and the issuer of ID tokens is a user pool. */
const oldest = {
  ...older,
  client: 'connect-demo-3',
  pool: 'eu-west-2_tenure',
  authorize: (path) => visit(`${asked('connect-demo-3')}&state=${encodeURIComponent(path)}`),
  left: () => ({}),
  arrivesAt: 'APP/cb?code={code}&state=%2Fdeep%2Fpage%3Fx%3D1%26y%3Da%2Bb',
  listensOnDesktop: true,
  ...inQuery('connect-demo-3'),
}

/** Tenure's own: the same requests, and where the older ones gave up, something better. */
const own = {
  ...current,
  // A state, its verifier and the code are used up by a sign-in.
  left: (path) => ({ '{uuid}': encodeURIComponent(path) }),
  leftByLogin: {},
  arrivesAt: 'APP/cb?state={uuid}',
  concurrent: [true, true, true],
  hookSignsOutTo: 'APP/custom',
  // By itself it sends no code to anybody that it did not ask for.
  takesAnyCode: { connectVerifyState: false },
}

/** Each under its name; `page` is in the folder `pages`. */
export const PACKAGES = [
  { name: '@reapit/connect-session 6.2.2', page: 'connect_6.js', ...current },
  {
    name: '@reapit/connect-session 4.0.3',
    page: 'connect_4.js',
    ...older,
    inNode: () => require('@reapit/connect-session-4'),
    service,
  },
  {
    name: '@reapit/connect-session 3.4.1',
    page: 'connect_3.js',
    ...oldest,
    inNode: () => require('@reapit/connect-session-3'),
    service,
  },
  {
    name: '@tenure/connect-session',
    page: 'connect_own.js',
    ...own,
    inNode: () => bundled('packages/connect-session/src/index.ts'),
    service,
  },
]

function asked(client) {
  return `/authorize?response_type=code&client_id=${client}&redirect_uri=APP/cb`
}

function inBody(client) {
  return `redirect_uri=APP%2Fcb&client_id=${client}`
}

function inQuery(client) {
  const ask = (grant, what) =>
    post(`/token?grant_type=${grant}&client_id=${client}&${what}&redirect_uri=APP/cb`, '')
  return {
    exchange: ask('authorization_code', 'code={code}'),
    refresh: ask('refresh_token', 'refresh_token={refresh token}'),
  }
}

/** A package of this repository as Node imports it. */
async function bundled(entry) {
  const { outputFiles } = await build({
    entryPoints: [`${root}${entry}`],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    alias: {
      '@tenure/client': `${root}packages/client/src/index.ts`,
      '@tenure/client/protocol': `${root}packages/client/src/protocol.ts`,
    },
    logLevel: 'error',
  })
  return import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`
  )
}
