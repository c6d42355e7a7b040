// @vitest-environment jsdom
import type { ReactNode } from 'react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import type {
  ReapitConnectBrowserSession,
  ReapitConnectHook,
  ReapitConnectSession,
} from '../src/browser.ts'
import { startIssuer, TOKEN_KEY, USER_KEY } from './support/app.ts'
import { refused, type Issuer } from './support/issuer.ts'
import { recorded } from './support/recorded.ts'

vi.mock('../src/page.ts', async (original) => ({
  ...(await original<typeof import('../src/page.ts')>()),
  leave: vi.fn(),
}))

type React = typeof import('react')
type Client = typeof import('react-dom/client')
type Package = typeof import('../src/index.ts')

const older = '../../peers/react18/node_modules'
const VERSIONS = [
  ['React 19', 'react', 'react-dom/client', true],
  ['React 18', `${older}/react/index.js`, `${older}/react-dom/client.js`, true],
  ['a React without useSyncExternalStore', 'react', 'react-dom/client', false],
] as const

describe.each(VERSIONS)('under %s', (_, react, client, hasStore) => {
  let React: React
  let root: ReturnType<Client['createRoot']>
  let page: HTMLElement
  let ours: Package
  let hooks: ReapitConnectHook[]

  beforeEach(async () => {
    vi.resetModules()
    vi.doMock('react', async () => {
      const found = await vi.importActual<{ default: React }>(react)
      const all = { ...found.default, ...(hasStore ? {} : { useSyncExternalStore: undefined }) }
      return { ...all, default: all }
    })
    React = (await vi.importActual<{ default: React }>(react)).default
    const { createRoot } = (await vi.importActual<{ default: Client }>(client)).default
    ours = await import('../src/index.ts')
    page = document.createElement('main')
    root = createRoot(page)
    hooks = []
    sessionStorage.clear()
  })
  afterEach(() => {
    root.unmount()
    vi.doUnmock('react')
  })

  const App = ({ session }: { session: ReapitConnectBrowserSession }): ReactNode => {
    const hook = ours.useReapitConnect(session)
    hooks.push(hook)
    return hook.connectSession ? JSON.stringify(hook.connectSession.loginIdentity) : 'nobody'
  }
  const render = async (session: ReapitConnectBrowserSession): Promise<void> => {
    const before = hooks.length
    const app = React.createElement(App, { session })
    root.render(React.createElement(React.StrictMode, null, app))
    await vi.waitFor(() => expect(hooks.length).toBeGreaterThan(before))
  }
  const shows = (text: string): Promise<void> =>
    vi.waitFor(() => expect(page.textContent).toMatch(text), { timeout: 20_000 })
  const last = (): ReapitConnectHook => hooks[hooks.length - 1] as ReapitConnectHook

  test('it shows who is signed in, by one request, and has the members that were recorded', async () => {
    const issuer = await startIssuer()
    await render(remembered(ours, issuer))
    expect(hooks[0]?.connectSession).toBeNull()
    await shows('Ada Lovelace')
    expect(recorded.react.html).toContain(page.textContent?.slice(1, -1))
    expect(Object.keys(last())).toEqual(recorded.react.hook_keys)
    expect(last().connectHasSession).toBe(true)
    expect(issuer.asked()).toBe(recorded.react.token_requests)
  })

  test('it renders again when the session is refreshed, and when it ends', async () => {
    const issuer = await startIssuer()
    const session = remembered(ours, issuer)
    await render(session)
    await shows('Ada Lovelace')
    issuer.claims = { name: 'Ada King' }
    last().connectClearSession()
    await session.connectSession()
    await shows('Ada King')
    issuer.instead = refused
    last().connectClearSession()
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    await session.connectSession()
    await shows('nobody')
    vi.restoreAllMocks()
  })

  test('its functions pass on where to go, and stay the same', async () => {
    const session = double(null)
    await render(session)
    const { connectLogoutRedirect, connectLoginRedirect, connectAuthorizeRedirect } = last()
    connectLogoutRedirect('/custom')
    connectLogoutRedirect('https://other/bye')
    connectLoginRedirect('/there')
    connectAuthorizeRedirect('/elsewhere')
    // The original's hook did not pass it on; a server compares whole addresses.
    const asked = vi.mocked(session.connectLogoutRedirect).mock.calls.flat()
    expect(asked).toEqual([`${location.origin}/custom`, 'https://other/bye'])
    expect(session.connectLoginRedirect).toHaveBeenCalledWith('/there')
    expect(session.connectAuthorizeRedirect).toHaveBeenCalledWith('/elsewhere')
    await render(session)
    expect(last().connectLogoutRedirect).toBe(connectLogoutRedirect)
  })

  test('it takes a double of a session, as in tests of an application', async () => {
    await render(double({ loginIdentity: { name: 'Grace' } } as unknown as ReapitConnectSession))
    await shows('Grace')
  })

  test('the double may give a session instead of a promise of one', async () => {
    const session = double(null)
    const got = { loginIdentity: { name: 'Grace' } }
    vi.mocked(session.connectSession).mockReturnValue(got as never)
    await render(session)
    await shows('Grace')
  })

  test('it asks again when the page is back on the network', async () => {
    const session = double(null)
    await render(session)
    await shows('nobody')
    const got = { loginIdentity: { name: 'Grace' } } as unknown as ReapitConnectSession
    vi.mocked(session.connectSession).mockResolvedValue(got)
    window.dispatchEvent(new Event('online'))
    await shows('Grace')
  })
})

/** A session of a page that keeps a refresh token from before. */
function remembered(ours: Package, issuer: Issuer): ReapitConnectBrowserSession {
  sessionStorage.setItem(TOKEN_KEY, 'refresh-0')
  sessionStorage.setItem(USER_KEY, 'ada@example.com')
  return new ours.ReapitConnectBrowserSession({
    connectClientId: 'client-1',
    connectOAuthUrl: issuer.url,
  })
}

function double(got: ReapitConnectSession | null): ReapitConnectBrowserSession {
  return {
    connectSession: vi.fn(async () => got ?? undefined),
    connectAuthorizeRedirect: vi.fn(),
    connectLoginRedirect: vi.fn(),
    connectLogoutRedirect: vi.fn(),
    connectClearSession: vi.fn(),
    connectInternalRedirect: null,
    connectIsDesktop: false,
    connectHasSession: false,
  } as unknown as ReapitConnectBrowserSession
}
