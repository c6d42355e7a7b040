// Pages, storages, frameworks and tests that are not as one would wish.

import { expect, onTestFinished, test, vi } from 'vitest'

import { ReapitConnectBrowserSession } from '../src/index.ts'
import {
  comeBack,
  complaints,
  due,
  open,
  signedIn,
  startIssuer,
  TOKEN_KEY,
  USER_KEY,
} from './support/app.ts'
import { Store, Tab } from './support/tab.ts'

test('a full storage keeps the sign-in for as long as the page', async () => {
  const issuer = await startIssuer()
  const tab = await comeBack(issuer)
  tab.sessionStorage.full = true
  const session = open(issuer)
  expect(await session.connectSession()).toBeTruthy()
  tab.sessionStorage.full = false
  due(session)
  expect(await session.connectSession()).toBeTruthy()
  expect(tab.sessionStorage.all).toHaveProperty(TOKEN_KEY)
})

test('a storage that is blocked neither throws nor loops', async () => {
  const issuer = await startIssuer()
  const said = complaints()
  const blocked = new Store()
  blocked.getItem = () => {
    throw new DOMException('blocked', 'SecurityError')
  }
  const tab = new Tab('/x', undefined, { sessionStorage: blocked })
  const session = open(issuer)
  await session.connectSession()
  const state = new URL(tab.visits[0] ?? '').searchParams.get('state')
  const after = new Tab(`/cb?code=some-code&state=${state}`, tab, { sessionStorage: blocked })
  expect(await open(issuer).connectSession()).toBeUndefined()
  expect(after.visits).toEqual([])
  expect(said.length).toBeGreaterThan(0)
})

test('without a page it can be made and asked', async () => {
  const issuer = await startIssuer()
  const session = open(issuer)
  expect(await session.connectSession()).toBeUndefined()
  expect([session.connectHasSession, session.connectInternalRedirect]).toEqual([false, null])
  expect(session.connectIsDesktop).toBe(false)
})

test('a framework may wrap it', async () => {
  const issuer = await startIssuer()
  const { session } = await signedIn(issuer)
  const wrapped = deeply(session)
  expect(wrapped.connectHasSession).toBe(true)
  expect(await wrapped.connectSession()).toBeTruthy()
})

test('its methods may be handed to a button', async () => {
  const issuer = await startIssuer()
  const tab = new Tab('/x')
  const { connectLogoutRedirect } = open(issuer)
  connectLogoutRedirect(new Event('click') as never)
  expect(tab.visited(issuer)[0]).toMatch(/logout_uri=http:\/\/127.0.0.1:5502\/login$/)
})

test('a subclass that has a way of its own to the sign-in is asked for it', async () => {
  const issuer = await startIssuer()
  const tab = new Tab('/x')
  class Own extends ReapitConnectBrowserSession {
    override connectAuthorizeRedirect(redirectUri?: string): Promise<void> {
      return super.connectAuthorizeRedirect(redirectUri, { chosenOrgId: 'ORG 1' })
    }
  }
  const init = { connectClientId: 'client-1', connectOAuthUrl: issuer.url }
  await new Own(init).connectSession()
  expect(tab.visits[0]).toMatch(/\/authorize\?.*&code_challenge=[\w-]+&chosenOrgId=ORG\+1$/)
  const session = open(issuer)
  await expect(session.connectAuthorizeRedirect(undefined, { state: 'x' })).rejects.toThrow(
    'state is set by the session',
  )
  expect(tab.visits).toHaveLength(1)
})

test('a page without an address, as a test may have it, is told to name the issuer in full', async () => {
  const said = complaints()
  const tab = new Tab('/x')
  tab.sessionStorage.setItem(USER_KEY, 'ada@example.com')
  tab.sessionStorage.setItem(TOKEN_KEY, 'refresh-0')
  vi.stubGlobal('location', { href: '', origin: '', pathname: '', search: '' })
  const init = { connectClientId: 'client-1', connectOAuthUrl: 'SOME_URL' }
  expect(await new ReapitConnectBrowserSession(init).connectSession()).toBeUndefined()
  expect(said[0]).toMatch(/connectOAuthUrl is no address/)
})

test('it signs in over a double of fetch that has JSON alone', async () => {
  const issuer = await startIssuer()
  await comeBack(issuer)
  const tokens = { access_token: 'opaque', refresh_token: 'r', id_token: issuer.idToken() }
  const real = globalThis.fetch
  const double = async (url: string, init?: RequestInit): Promise<unknown> =>
    url.endsWith('/token') ? { json: async () => tokens } : real(url, init)
  vi.stubGlobal('fetch', double)
  expect((await open(issuer).connectSession())?.accessToken).toBe('opaque')
})

test('it signs in where AbortSignal.timeout is missing', async () => {
  const issuer = await startIssuer()
  await comeBack(issuer)
  const own = AbortSignal.timeout
  onTestFinished(() => void (AbortSignal.timeout = own))
  Reflect.deleteProperty(AbortSignal, 'timeout')
  expect(await open(issuer).connectSession()).toBeTruthy()
})

/** Wraps an object and all that it holds, as some frameworks do. */
function deeply<T extends object>(of: T): T {
  return new Proxy(of, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver)
      const wraps = typeof value === 'object' && value !== null && Object.isExtensible(value)
      return wraps ? deeply(value) : value
    },
  })
}
