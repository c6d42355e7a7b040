// Where the package does better than the original, which signed people out or left them waiting.

import { expect, test, vi } from 'vitest'

import {
  clock,
  comeBack,
  complaints,
  due,
  open,
  signedIn,
  startIssuer,
  TOKEN_KEY,
  USER_KEY,
} from './support/app.ts'
import { json, refused, signed, type Issuer } from './support/issuer.ts'
import { Store, Tab } from './support/tab.ts'

const html = (issuer: Issuer, status: number): void => {
  issuer.instead = (response) =>
    response.writeHead(status, { 'content-type': 'text/html' }).end('<p>one moment</p>')
}

test.each([503, 200])('an answer %i without tokens signs nobody out', async (status) => {
  const issuer = await startIssuer()
  const { tab, session } = await signedIn(issuer)
  const said = complaints()
  const kept = tab.sessionStorage.all[TOKEN_KEY]
  html(issuer, status)
  due(session)
  expect(await session.connectSession()).toBeUndefined()
  expect(tab.visits).toEqual([])
  expect(tab.sessionStorage.all[TOKEN_KEY]).toBe(kept)
  expect(said.join()).toMatch(/Reapit Connect Token Error/)
  issuer.instead = null
  await expect.poll(() => session.connectSession(), { timeout: 20_000 }).toBeTruthy()
})

test('an issuer that cannot be reached signs nobody out', async () => {
  const issuer = await startIssuer()
  const { tab, session } = await signedIn(issuer)
  complaints()
  const kept = tab.sessionStorage.all
  issuer.instead = (response) => response.destroy()
  due(session)
  expect(await session.connectSession()).toBeUndefined()
  expect([tab.visits, tab.sessionStorage.all]).toEqual([[], kept])
})

test('a token that lives is handed out while it cannot be renewed', async () => {
  const issuer = await startIssuer()
  const pass = clock()
  const { tab, session } = await signedIn(issuer)
  const first = await session.connectSession()
  html(issuer, 503)
  pass(3400)
  expect(session.connectHasSession).toBe(false)
  const said = complaints()
  expect(await session.connectSession()).toBe(first)
  expect(issuer.asked()).toBe(1)
  expect([tab.visits, said]).toEqual([[], []])
})

test('a token of 301 seconds is held as one of 300 is', async () => {
  const issuer = await startIssuer()
  issuer.life = 301
  const pass = clock()
  const { session } = await signedIn(issuer)
  pass(150)
  expect(session.connectHasSession).toBe(true)
  expect(await session.connectSession()).toBeTruthy()
  expect(issuer.asked()).toBe(0)
})

test.each([
  [250, 0],
  [350, 1],
])('a clock set back by %d s costs %d requests, as it does below', async (back, requests) => {
  const issuer = await startIssuer()
  const pass = clock()
  const { session } = await signedIn(issuer)
  pass(-back)
  expect(session.connectHasSession).toBe(requests === 0)
  expect(await session.connectSession()).toBeTruthy()
  expect(await session.connectSession()).toBeTruthy()
  expect(issuer.asked()).toBe(requests)
})

test('a no that OAuth does not know says nothing about the code', async () => {
  const issuer = await startIssuer()
  const tab = await comeBack(issuer)
  complaints()
  issuer.instead = (response) => {
    issuer.instead = null
    json(response, 400, { error: 'of_another_kind' })
  }
  expect(await open(issuer).connectSession()).toBeTruthy()
  expect(issuer.asked()).toBe(2)
  expect(tab.visits).toEqual([])
})

test('short-lived tokens are not refreshed with every call', async () => {
  const issuer = await startIssuer()
  issuer.life = 200
  const { session } = await signedIn(issuer)
  const first = await session.connectSession()
  expect(await session.connectSession()).toBe(first)
  expect(issuer.asked()).toBe(0)
})

test('a refused refresh token leads to the sign-in, and is forgotten', async () => {
  const issuer = await startIssuer()
  const { tab, session } = await signedIn(issuer)
  const said = complaints()
  issuer.instead = refused
  due(session)
  expect(await session.connectSession()).toBeUndefined()
  expect(tab.visits).toHaveLength(1)
  expect(tab.sessionStorage.all).not.toHaveProperty(TOKEN_KEY)
  expect(said).toEqual(['Reapit Connect Error: Error fetching session from Reapit Connect'])
})

test('keys that cannot be had are asked for again, without another token request', async () => {
  const issuer = await startIssuer()
  const { tab, session } = await signedIn(issuer)
  complaints()
  issuer.keysDown = true
  due(session)
  expect(await session.connectSession()).toBeUndefined()
  expect(tab.visits).toEqual([])
  issuer.keysDown = false
  issuer.taken()
  expect(await session.connectSession()).toBeTruthy()
  expect(issuer.taken().map(({ url }) => url)).toEqual(['/.well-known/jwks.json'])
})

test('a refresh does not make somebody else of a person', async () => {
  const issuer = await startIssuer()
  const { session } = await signedIn(issuer)
  const said = complaints()
  issuer.claims = { sub: 'bob' }
  due(session)
  expect(await session.connectSession()).toBeUndefined()
  expect(said.at(-1)).toMatch(/Login identity was not verified/)
})

test('a refresh without an ID token keeps the one there is', async () => {
  const issuer = await startIssuer()
  const { session } = await signedIn(issuer)
  const first = await session.connectSession()
  issuer.idTokens = false
  due(session)
  const second = await session.connectSession()
  expect(second).toMatchObject({ idToken: first?.idToken, loginIdentity: first?.loginIdentity })
  expect(second?.accessToken).not.toBe(first?.accessToken)
})

test('a code with a foreign state is not sent on', async () => {
  const issuer = await startIssuer()
  complaints()
  const tab = new Tab('/cb?code=of-somebody-else&state=zzz')
  expect(await open(issuer).connectSession()).toBeUndefined()
  expect(issuer.asked()).toBe(0)
  expect(tab.visits[0]).toMatch(/\/authorize\?/)
})

test('a code without a state is not sent on, unless the login page was asked for', async () => {
  const issuer = await startIssuer()
  complaints()
  new Tab('/cb?code=of-somebody-else')
  expect(await open(issuer).connectSession()).toBeUndefined()
  expect(issuer.asked()).toBe(0)
})

test('a code is sent once', async () => {
  const issuer = await startIssuer()
  const tab = await comeBack(issuer)
  const address = tab.address
  const session = open(issuer)
  const [first, second] = await Promise.all([session.connectSession(), session.connectSession()])
  expect(first).toBe(second)
  expect(new URL(tab.address).searchParams.has('code')).toBe(false)
  expect(issuer.asked()).toBe(1)
  new Tab(address, tab)
  expect(await open(issuer).connectSession()).toBeTruthy()
  expect(issuer.taken()[0]?.body).toMatch(/grant_type=refresh_token/)
})

test('a code survives an outage of the token endpoint', async () => {
  const issuer = await startIssuer()
  const tab = await comeBack(issuer)
  html(issuer, 503)
  complaints()
  const session = open(issuer)
  expect(await session.connectSession()).toBeUndefined()
  expect(tab.visits).toEqual([])
  issuer.instead = null
  expect(await session.connectSession()).toBeTruthy()
})

test('a new code wins over an old refresh token', async () => {
  const issuer = await startIssuer()
  const { tab, session } = await signedIn(issuer)
  await session.connectAuthorizeRedirect()
  const state = new URL(tab.visits[0] ?? '').searchParams.get('state')
  new Tab(`/cb?code=new-code&state=${state}`, tab)
  expect(await open(issuer).connectSession()).toBeTruthy()
  expect(issuer.taken()[0]?.body).toMatch(/code=new-code/)
})

test('a new code that is refused does not end the session there is', async () => {
  const issuer = await startIssuer()
  const { tab, session } = await signedIn(issuer)
  await session.connectAuthorizeRedirect()
  const state = new URL(tab.visits[0] ?? '').searchParams.get('state')
  complaints()
  const after = new Tab(`/cb?code=new-code&state=${state}`, tab)
  issuer.instead = (response) => {
    issuer.instead = null
    refused(response)
  }
  expect(await open(issuer).connectSession()).toBeTruthy()
  expect(after.visits).toEqual([])
})

test('a sign-out wins over a refresh that is in flight', async () => {
  const issuer = await startIssuer()
  const { tab, session } = await signedIn(issuer)
  const release = issuer.hold()
  due(session)
  const refreshing = session.connectSession()
  await expect.poll(() => issuer.log.length).toBe(1)
  session.connectLogoutRedirect()
  release()
  expect(await refreshing).toBeUndefined()
  expect(session.connectHasSession).toBe(false)
  expect(tab.sessionStorage.all).not.toHaveProperty(TOKEN_KEY)
  expect(tab.sessionStorage.all).not.toHaveProperty(USER_KEY)
  expect(tab.visits).toHaveLength(1)
})

test('a sign-out wins over a sign-in that is in flight', async () => {
  const issuer = await startIssuer()
  const tab = await comeBack(issuer)
  const release = issuer.hold()
  const session = open(issuer)
  const signingIn = session.connectSession()
  await expect.poll(() => issuer.log.length).toBe(1)
  session.connectLogoutRedirect()
  release()
  expect(await signingIn).toBeUndefined()
  expect(tab.sessionStorage.all).not.toHaveProperty(TOKEN_KEY)
})

test('a sign-out wins over tokens that are just being stored', async () => {
  const issuer = await startIssuer()
  const { sessionStorage: store } = await comeBack(issuer)
  const release = issuer.hold()
  const session = open(issuer)
  const signingIn = session.connectSession()
  await expect.poll(() => issuer.log.length).toBe(1)
  const leave = vi.fn(() => session.connectLogoutRedirect())
  store.getItem = (key) => {
    if (key === USER_KEY && leave.mock.calls.length === 0) queueMicrotask(leave)
    return Store.prototype.getItem.call(store, key)
  }
  release()
  expect(await signingIn).toBeUndefined()
  expect(leave).toHaveBeenCalled()
  expect(session.connectHasSession).toBe(false)
  expect(store.all).not.toHaveProperty(TOKEN_KEY)
})

test('sign-ins that fail again and again stop', async () => {
  const issuer = await startIssuer()
  issuer.instead = refused
  const said = complaints()
  let tab = await comeBack(issuer)
  for (let round = 0; round < 4; round += 1) {
    await open(issuer).connectSession()
    const state = new URL(tab.visits.at(-1) ?? issuer.url).searchParams.get('state')
    tab = new Tab(`/cb?code=some-code&state=${state}`, tab)
  }
  expect(said.at(-1)).toMatch(/several times in a row/)
  expect(said.filter((line) => /several times/.test(line))).toHaveLength(1)
})

test('pages of the desktop program share one refresh', async () => {
  const issuer = await startIssuer()
  const desktop = { __REAPIT_MARKETPLACE_GLOBALS__: {} }
  const { session } = await signedIn(issuer, {}, desktop)
  const other = open(issuer)
  expect(await other.connectSession()).toBeTruthy()
  issuer.taken()
  due(session)
  const first = await session.connectSession()
  await expect
    .poll(async () => (await other.connectSession())?.accessToken)
    .toBe(first?.accessToken)
  expect(issuer.asked()).toBe(1)
  session.connectLogoutRedirect()
  await expect.poll(() => other.connectHasSession).toBe(false)
})

test('a tab and its duplicate share one refresh, and its successor', async () => {
  const issuer = await startIssuer()
  const { tab, session } = await signedIn(issuer)
  const other = new Tab('/x')
  for (const [key, value] of tab.sessionStorage.kept) other.sessionStorage.setItem(key, value)
  const duplicate = open(issuer)
  expect(await duplicate.connectSession()).toBeTruthy()
  issuer.taken()
  due(session)
  const got = await session.connectSession()
  expect(got).toBeTruthy()
  await expect
    .poll(async () => (await duplicate.connectSession())?.accessToken)
    .toBe(got?.accessToken)
  expect(issuer.asked()).toBe(1)
  expect(other.sessionStorage.all[TOKEN_KEY]).toBe(got?.refreshToken)
  expect(tab.sessionStorage.all[TOKEN_KEY]).toBe(got?.refreshToken)
  session.connectLogoutRedirect()
  await expect.poll(() => other.sessionStorage.all[TOKEN_KEY]).toBeUndefined()
  await expect.poll(() => duplicate.connectHasSession).toBe(false)
})

test('tabs of their own do not meddle with each other', async () => {
  const issuer = await startIssuer()
  const { tab, session } = await signedIn(issuer)
  const mine = await session.connectSession()
  const other = await signedIn(issuer)
  const heard = vi.fn()
  const channel = new BroadcastChannel('REAPIT_SESSION_client-1')
  channel.onmessage = heard
  other.session.connectLogoutRedirect()
  await vi.waitFor(() => expect(heard).toHaveBeenCalled())
  channel.close()
  new Tab('/x', tab)
  expect(await session.connectSession()).toBe(mine)
  expect(tab.sessionStorage.all).toHaveProperty(TOKEN_KEY)
})

test('where to go back to is a path, and nothing else that is stored', async () => {
  const issuer = await startIssuer()
  const { tab } = await signedIn(issuer)
  for (const state of [TOKEN_KEY, USER_KEY, 'elsewhere', 'broken']) {
    tab.sessionStorage.setItem('elsewhere', '%2F%2Fevil.example')
    tab.sessionStorage.setItem('broken', '%')
    new Tab(`/cb?state=${encodeURIComponent(state)}`, tab)
    expect(open(issuer).connectInternalRedirect).toBeNull()
  }
})

test('an issuer that is pinned is the only one', async () => {
  const issuer = await startIssuer()
  const said = complaints()
  await comeBack(issuer)
  const session = open(issuer, { connectIssuer: 'https://elsewhere.example' })
  expect(await session.connectSession()).toBeUndefined()
  expect(said[0]).toMatch(/is of the issuer http/)
})

test('a token for another client is nobody', async () => {
  const issuer = await startIssuer()
  const said = complaints()
  await comeBack(issuer)
  issuer.claims = { aud: 'another' }
  expect(await open(issuer).connectSession()).toBeUndefined()
  expect(said[0]).toMatch(/another client/)
})

test('a protected login sends a state and a challenge', async () => {
  const issuer = await startIssuer()
  const tab = new Tab('/x')
  open(issuer, { connectProtectLogin: true }).connectLoginRedirect()
  await vi.waitFor(() => expect(tab.visits).toHaveLength(1))
  expect(tab.visits[0]).toMatch(/\/login\?.*&state=.*&code_challenge=/)
})

test('an opaque access token is used until its time is over', async () => {
  const issuer = await startIssuer()
  const idToken = issuer.idToken()
  issuer.instead = (response) =>
    json(response, 200, { access_token: 'opaque', id_token: idToken, expires_in: 3600 })
  const { session } = await signedIn(issuer)
  expect(session.connectHasSession).toBe(true)
  expect((await session.connectSession())?.accessToken).toBe('opaque')
})

test('unfinished sign-ins do not pile up', async () => {
  const issuer = await startIssuer()
  const tab = new Tab('/x')
  tab.sessionStorage.setItem('of-the-app', '%2Fkept')
  for (let round = 0; round < 40; round += 1) await open(issuer).connectAuthorizeRedirect()
  expect(tab.sessionStorage.length).toBeLessThan(40)
  expect(tab.sessionStorage.all).toHaveProperty('of-the-app')
})

test('a token of another algorithm is not taken', async () => {
  const issuer = await startIssuer()
  const said = complaints()
  await comeBack(issuer)
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: issuer.url, aud: 'client-1', sub: 'ada', token_use: 'id', iat: now }
  const id_token = signed({ ...claims, exp: now + 60 }, { alg: 'HS256', kid: 'one' })
  issuer.instead = (response) => json(response, 200, { access_token: 'opaque', id_token })
  expect(await open(issuer).connectSession()).toBeUndefined()
  expect(said[0]).toMatch(/RS256/)
})
