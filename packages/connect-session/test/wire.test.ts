// What the package asks for and keeps, compared with what was recorded of the original.

import { expect, test } from 'vitest'

import { ReapitConnectBrowserSession } from '../src/index.ts'
import { clock, comeBack, complaints, open, signedIn, startIssuer } from './support/app.ts'
import { refused } from './support/issuer.ts'
import { log, mask, masked, maskedStore, recorded } from './support/recorded.ts'
import { Tab } from './support/tab.ts'

test('a sign-in asks for what was recorded, and keeps it where it was kept', async () => {
  const issuer = await startIssuer()
  const before = new Tab('/deep/page?x=1&y=a+b')
  await open(issuer).connectSession()
  const stored = recorded.login.storage_after_redirect
  expect(maskedStore(before.sessionStorage.all)).toEqual(maskedStore(stored.ss))
  const [visit = ''] = before.visits
  expect(before.visited(issuer).map(mask)).toEqual(log('login').visits)

  const state = new URL(visit).searchParams.get('state')
  const tab = new Tab(`/cb?code=1838ba4f-8f08-4ec4-9e1a-82a287c75e1c&state=${state}`, before)
  const session = open(issuer)
  const got = await session.connectSession()
  expect(issuer.taken().map(masked)).toEqual(log('login').asked)
  expect(Object.keys(got ?? {})).toEqual(Object.keys(recorded.login.session))
  expect(got?.loginIdentity).toEqual(recorded.login.session.loginIdentity)
  expect(session.connectInternalRedirect).toBe(recorded.login.internalRedirect)
  expect(session.connectHasSession).toBe(recorded.login.has)
  // The verifier was used, and is not left behind.
  const kept = maskedStore(recorded.login.after.ss)
  delete kept['{uuid}-REAPIT_CODE_VERIFIER']
  expect(maskedStore(tab.sessionStorage.all)).toEqual(kept)
  expect(tab.localStorage.all).toEqual({})
  expect(tab.visits).toEqual([])
})

test('what is fresh is handed out without a request', async () => {
  const issuer = await startIssuer()
  const { session } = await signedIn(issuer)
  const first = await session.connectSession()
  expect(await session.connectSession()).toBe(first)
  expect(issuer.taken()).toHaveLength(recorded.cached.requests)
})

test('a cleared session and a loaded page refresh as it was recorded', async () => {
  const issuer = await startIssuer()
  const { tab, session } = await signedIn(issuer)
  session.connectClearSession()
  expect(session.connectHasSession).toBe(false)
  expect(await session.connectSession()).toBeTruthy()
  expect(issuer.taken().map(masked)).toEqual(log('clear_then_refresh').asked)
  // The refresh token wins over the code that is left in the address.
  new Tab(`${tab.address}&code=some-code`, tab)
  expect(await open(issuer).connectSession()).toBeTruthy()
  expect(issuer.taken().map(masked)).toEqual(log('reload_refresh').asked)
})

test('three callers near expiry cause the one request that was recorded', async () => {
  const issuer = await startIssuer()
  const pass = clock()
  const { session } = await signedIn(issuer)
  pass(3290)
  expect(session.connectHasSession).toBe(true)
  pass(20)
  expect(session.connectHasSession).toBe(false)
  const got = await Promise.all([1, 2, 3].map(() => session.connectSession()))
  expect(issuer.asked()).toBe(recorded.near_expiry.token_requests)
  // The original left two of them with nothing.
  expect(got[0]).toBeTruthy()
  expect(new Set(got).size).toBe(1)
})

test('a sign-out goes where it was recorded to go, and keeps no tokens', async () => {
  const issuer = await startIssuer()
  const { tab, session } = await signedIn(issuer)
  session.connectLogoutRedirect()
  expect(tab.visited(issuer)).toEqual(log('logout').visits)
  expect(Object.keys(maskedStore(tab.sessionStorage.all))).toEqual(['{uuid}'])
  expect(session.connectHasSession).toBe(false)
})

test('a sign-in by the login page asks for what was recorded', async () => {
  const issuer = await startIssuer()
  const before = new Tab('/x')
  open(issuer).connectLoginRedirect()
  expect(before.visited(issuer)).toEqual(log('login_redirect').visits)
  const tab = new Tab('/cb?code=255bd18b-4b52-402b-a67b-f1cf7e0ec369', before)
  expect(await open(issuer).connectSession()).toBeTruthy()
  expect(issuer.taken().map(masked)).toEqual(log('login_redirect').asked)
  const kept = maskedStore(recorded.login_redirect.after)
  delete kept['null-REAPIT_CODE_VERIFIER']
  expect(maskedStore(tab.sessionStorage.all)).toEqual(kept)
})

test('a refused code leads back to the sign-in as it was recorded', async () => {
  const issuer = await startIssuer()
  issuer.instead = refused
  const said = complaints()
  const tab = new Tab('/cb?code=bad&state=zzz')
  expect(await open(issuer, { connectVerifyState: false }).connectSession()).toBeUndefined()
  expect(issuer.taken().map(masked)).toEqual(log('token_error').asked)
  expect(tab.visited(issuer).map(mask)).toEqual(log('token_error').visits)
  expect(said).toEqual(['Reapit Connect Error: Error fetching session from Reapit Connect'])
  const [state = ''] = Object.keys(tab.sessionStorage.all).filter((key) =>
    /^[\da-f-]{36}$/.test(key),
  )
  expect(tab.sessionStorage.all[state]).toBe('%2Fcb%3Fstate%3Dzzz')
})

const now = Math.floor(Date.now() / 1000)
test.each([
  ['id_bad_token_use', { token_use: 'access' }],
  ['id_auth_time_future_301', { auth_time: now + 360 }],
  ['id_expired_301', { exp: now - 310 }],
  ['id_expired_290_ok', { exp: now - 290 }],
  ['id_sub_missing', { sub: undefined }],
])('an ID token with the fault %s is taken as it was recorded', async (name, claims) => {
  const issuer = await startIssuer()
  issuer.claims = claims
  const said = complaints()
  const tab = await comeBack(issuer)
  const got = await open(issuer).connectSession()
  expect(Boolean(got)).toBe(recorded[name].result)
  expect(tab.visits.length > 0).toBe(recorded[name].navigated)
  const plain = (text: string): string => text.replace(/time "[^"]*"/g, 'time')
  expect(said.map(plain)).toEqual(recorded[name].console_errors.map(plain))
})

test('without PKCE it asks for what was recorded', async () => {
  const issuer = await startIssuer()
  const before = new Tab('/x')
  await open(issuer, { usePKCE: false }).connectSession()
  const [visit = ''] = before.visits
  expect(before.visited(issuer).map(mask)).toEqual(log('no_pkce').visits)
  const state = new URL(visit).searchParams.get('state')
  new Tab(`/cb?code=14054bdf-6701-4b19-82dc-88e43b95ccb5&state=${state}`, before)
  expect(await open(issuer, { usePKCE: false }).connectSession()).toBeTruthy()
  expect(issuer.taken().map(masked)).toEqual(log('no_pkce').asked)
})

test('inside the desktop program everything is in localStorage', async () => {
  const issuer = await startIssuer()
  const desktop = { __REAPIT_MARKETPLACE_GLOBALS__: {} }
  const { tab, session } = await signedIn(issuer, {}, desktop)
  expect(session.connectIsDesktop).toBe(recorded.desktop.isDesktop)
  const keys = recorded.desktop.ls_keys.map(mask) as string[]
  const kept = keys.filter((key) => !key.endsWith('CODE_VERIFIER'))
  expect(Object.keys(maskedStore(tab.localStorage.all)).sort()).toEqual(kept.sort())
  expect(Object.keys(tab.sessionStorage.all)).toEqual(recorded.desktop.ss_keys)
  expect(String(Reflect.get(tab.document, 'onmousemove') ?? null)).toBe(recorded.desktop.mousemove)
})

test('addresses that are given are sent as they are', async () => {
  const issuer = await startIssuer()
  const tab = new Tab('/x')
  const session = open(issuer)
  session.connectLogoutRedirect('/custom')
  session.connectLoginRedirect('https://other/cb')
  await session.connectAuthorizeRedirect('https://other/cb')
  const expected = (recorded.args as [string, string][]).map(([, url]) => mask(url))
  expect(tab.visited(issuer).map(mask)).toEqual(expected)
})

test('what would tear an address apart is encoded', () => {
  const tab = new Tab('/x')
  const session = new ReapitConnectBrowserSession({ connectClientId: 'c', connectOAuthUrl: '' })
  session.connectLogoutRedirect('https://other/bye?a=1&b=2#c d')
  expect(tab.visits).toEqual(['/logout?client_id=c&logout_uri=https://other/bye?a=1%26b=2%23c%20d'])
})
