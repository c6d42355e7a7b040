/** What the original does wrong with tokens, over both packages; the server is a stand-in. */
import { afterEach, expect, test, vi } from 'vitest'

import { until } from '../../client/test/node/support.js'
import * as Ours from '../src/index.js'
import type { AuthTokens } from '../src/index.js'
import { better } from './support/both.js'
import { Browser, closeAll, endingAfter, NOTHING } from './support/tabs.js'

afterEach(async () => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  await closeAll()
})

const settled = async (wanted: Promise<unknown>) =>
  wanted.then(
    () => 'done',
    (cause: { code?: string }) => cause.code ?? String(cause),
  )

better('T1: a 401 on a fresh page is answered by a refresh at once', async (library) => {
  const browser = await Browser.open(library)
  await browser.tab().session.setTokens(browser.server.signIn('ada'))
  browser.server.expireAccessTokens()
  const outcome = await settled(browser.tab().api())
  expect(outcome).toBe('done')
  expect(browser.server.times('/v1/auth/session')).toBe(1)
})

better('T2: a refresh by another tab signs nobody out', async (library) => {
  const browser = await Browser.open(library)
  const [here, there] = [browser.tab(), browser.tab()]
  await here.session.setTokens(browser.server.signIn('ada'))
  await there.session.ensureRefresh()
  const both = [here.session.handleUnauthorized(), here.session.authorize()] as const
  const [token, data] = await Promise.all(both)
  expect(token).toMatch(/^AT-ada/)
  expect(data).toEqual({ user: 'ada' })
  expect((await browser.kept())['refreshToken']).toMatch(/^RT-ada/)
})

better('T3: a refresh during a logout brings nothing back', async (library) => {
  const browser = await Browser.open(library)
  const { server } = browser
  const { session } = browser.tab({ onLogoutFailed: () => undefined })
  await session.setTokens(server.signIn('ada'))
  server.broken.set('/v1/auth/logout', 503)
  const answerLogout = server.hold('/v1/auth/logout')
  const answerRefresh = server.hold('/v1/auth/session')
  const leaving = session.logout()
  await until('the logout', () => server.times('/v1/auth/logout') > 0)
  let isOver = false
  const refreshing = settled(session.handleUnauthorized()).finally(() => (isOver = true))
  await until('a refresh', () => isOver || server.times('/v1/auth/session') > 0)
  answerLogout()
  await leaving
  answerRefresh()
  await refreshing
  expect(await browser.kept()).toEqual(NOTHING)
})

test('T3: a token that comes after the logout is ended, too', async () => {
  const browser = await Browser.open(Ours)
  const { server } = browser
  const { session } = browser.tab()
  const tokens = server.signIn('ada')
  await session.setTokens(tokens)
  const answer = server.hold('/v1/auth/session')
  const refreshing = settled(session.handleUnauthorized())
  await until('the refresh', () => server.times('/v1/auth/session') > 0)
  await session.logout()
  answer()
  expect(await refreshing).toBe('REFRESH_FAILED')
  await until('its end', () => server.isOver(tokens))
  expect(await browser.kept()).toEqual(NOTHING)
})

better('T4: a sign-in during a refresh leaves only whoever signed in last', async (library) => {
  const browser = await Browser.open(library)
  const { server } = browser
  const { session } = browser.tab()
  await session.setTokens(server.signIn('ada'))
  const answer = server.hold('/v1/auth/session')
  const refreshing = settled(session.handleUnauthorized('AT-ada-1'))
  await until('the refresh', () => server.times('/v1/auth/session') > 0)
  const eve = server.signIn('eve')
  await session.setTokens(eve)
  answer()
  await refreshing
  expect(await browser.kept()).toEqual(eve)
})

better('T5: a late 401 of an older token causes no request', async (library) => {
  const browser = await Browser.open(library)
  const { server } = browser
  const { session, api } = browser.tab()
  await session.setTokens(server.signIn('ada'))
  server.expireAccessTokens()
  const answer = server.hold('/slow')
  const slow = settled(api('/slow'))
  await until('the slow request', () => server.times('/slow') > 0)
  await settled(api())
  answer()
  expect(await slow).toBe('done')
  expect(server.times('/v1/auth/session')).toBe(1)
})

for (const outage of [503, 429, 'network'] as const) {
  better(`T6: an outage (${outage}) keeps the tokens`, async (library) => {
    const browser = await Browser.open(library)
    const tokens = browser.server.signIn('ada')
    const { session } = browser.tab()
    await session.setTokens(tokens)
    browser.server.broken.set('/v1/auth/session', outage)
    await settled(session.authorize())
    expect(await browser.kept()).toEqual(tokens)
  })
}

better('T7: all callers of a failed refresh are told the same, and why', async (library) => {
  const browser = await Browser.open(library)
  const { server } = browser
  const { session, api } = browser.tab()
  await session.setTokens(server.signIn('ada'))
  server.expireAccessTokens()
  server.broken.set('/v1/auth/session', 401)
  const answer = server.hold('/v1/auth/session')
  const first = api().catch((cause: unknown) => cause)
  await until('the refresh', () => server.times('/v1/auth/session') > 0)
  const gated = api().catch((cause: unknown) => cause)
  answer()
  const [one, other] = (await Promise.all([first, gated])) as { code: string; cause?: unknown }[]
  expect(other?.code).toBe(one?.code)
  expect(one?.code).toBe('SESSION_EXPIRED')
  expect(one?.cause).toHaveProperty('cause.code', 'signed_out')
})

better('T7: what may pass is no end of the session', async (library) => {
  const browser = await Browser.open(library)
  const { session, api } = browser.tab()
  await session.setTokens(browser.server.signIn('ada'))
  browser.server.expireAccessTokens()
  browser.server.broken.set('/v1/auth/session', 503)
  expect(await settled(api())).toBe('NETWORK')
})

better('T8: a provider with an old token costs one refresh', async (library) => {
  const browser = await Browser.open(library)
  const { accessToken, ...rest } = browser.server.signIn('ada')
  const { session, api } = browser.tab({ accessTokenProvider: async () => accessToken })
  await session.setTokens(rest)
  browser.server.expireAccessTokens()
  for (let times = 0; times < 5; times += 1) expect(await settled(api())).toBe('done')
  expect(browser.server.times('/v1/auth/session')).toBe(1)
})

better('T9: tokens may have the names that the server gives them', async (library) => {
  const browser = await Browser.open(library)
  const tokens = browser.server.signIn('ada')
  await browser.tab().session.setTokens({
    session_id: tokens.sessionId,
    access_token: tokens.accessToken,
    refresh_token: tokens.refreshToken,
    id_token: tokens.idToken,
  })
  expect(await browser.kept()).toEqual(tokens)
})

better('T11: a page that ends while it writes loses no refresh token', async (library) => {
  const browser = await Browser.open(library)
  await browser.tab().session.setTokens(browser.server.signIn('ada'))
  const { storage, hasEnded } = endingAfter(1, browser.stores)
  void settled(browser.tab({ storage }).session.ensureRefresh())
  await until('its end', hasEnded)
  browser.server.expireAccessTokens()
  expect(await settled(browser.tab().session.ensureRefresh())).toBe('done')
})

better('T11: a page that ends while somebody signs in mixes nobody', async (library) => {
  const browser = await Browser.open(library)
  await browser.tab().session.setTokens(browser.server.signIn('ada'))
  const eve = browser.server.signIn('eve')
  const { storage, hasEnded } = endingAfter(2, browser.stores)
  void settled(browser.tab({ storage }).session.setTokens(eve))
  await until('its end', hasEnded)
  const kept = Object.entries(await browser.kept()).filter(([, value]) => value !== null)
  for (const [name, value] of kept) expect(value).toBe(eve[name as keyof AuthTokens])
})

test('setTokens with newer tokens of the same session ends nothing at the server', async () => {
  const browser = await Browser.open(Ours)
  const { server } = browser
  const { session, api } = browser.tab()
  const tokens = server.signIn('ada')
  await session.setTokens(tokens)
  const { access_token, refresh_token } = await browser.tab().session.ensureRefresh()
  await session.setTokens({ access_token, refresh_token })
  expect(await settled(api())).toBe('done')
  expect(await browser.kept()).toEqual({
    ...tokens,
    accessToken: access_token,
    refreshToken: refresh_token,
  })
  expect(server.times('/v1/auth/logout')).toBe(0)
})

better('T17: a logout in one tab is seen in the other', async (library) => {
  const browser = await Browser.open(library)
  const [here, there] = [browser.tab(), browser.tab()]
  await here.session.setTokens(browser.server.signIn('ada'))
  expect(await here.session.authorize()).toEqual({ user: 'ada' })
  await there.session.logout()
  expect(await here.session.getAccessToken()).toBeNull()
  expect(here.session.isAuthenticated()).toBe(false)
})

better('T18: a logout that did not reach the server is told', async (library) => {
  const browser = await Browser.open(library)
  const told: unknown[] = []
  const { session } = browser.tab({ onLogoutFailed: (error) => void told.push(error) })
  await session.setTokens(browser.server.signIn('ada'))
  browser.server.broken.set('/v1/auth/logout', 503)
  await session.logout()
  expect(await browser.kept()).toEqual(NOTHING)
  expect(told).toHaveLength(1)
})
