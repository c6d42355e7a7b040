// @vitest-environment jsdom

import { act, StrictMode, type ReactElement } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  AuthenticationProvider,
  createAuthentication,
  createSessionStore,
  PrivateRoute,
  useAuthentication,
  useSession,
  type Authentication,
  type SessionStore,
} from '../src/react.js'
import { plainResult, unusedOptions } from './results.js'
import { memoryStorage } from './page.js'
import { PlainProvider } from './sign_in.js'

let root: Root
let authentication: Authentication
let storage: ReturnType<typeof memoryStorage>
beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  document.body.innerHTML = '<main></main>'
  root = createRoot(document.body.firstElementChild as Element)
  storage = memoryStorage()
  authentication = open(createSessionStore({ storage }))
})
function open(store: SessionStore): Authentication {
  return createAuthentication({
    config: { platform: 'web', logLevel: 'NONE' },
    provider: new PlainProvider(),
    options: unusedOptions,
    store,
  })
}

afterEach(async () => {
  await act(() => root.unmount())
  vi.unstubAllGlobals()
})

function Page() {
  const { isAuthenticated } = useAuthentication()
  return <p>{isAuthenticated ? `token ${useSession()?.accessToken}` : 'nobody'}</p>
}

function App() {
  return (
    <StrictMode>
      <AuthenticationProvider authentication={authentication} loading={<i>wait</i>}>
        <PrivateRoute fallback={<b>login</b>}>
          <Page />
        </PrivateRoute>
      </AuthenticationProvider>
    </StrictMode>
  )
}

const html = (): string => document.querySelector('main')?.innerHTML ?? ''

/** Renders, and waits until the session was read. */
async function show(what: ReactElement): Promise<void> {
  act(() => root.render(what))
  expect(html()).toContain('wait')
  await act(() => authentication.refreshIfExpired())
}

test('what is stored decides what the first rendering shows', async () => {
  storage.set('session', JSON.stringify(plainResult()))
  await show(<App />)
  expect(html()).toBe('<p>token opaque</p>')
})

test('a private route follows the session', async () => {
  await show(<App />)
  expect(html()).toBe('<b>login</b>')
  await act(() => authentication.store.setSession(plainResult()))
  expect(html()).toBe('<p>token opaque</p>')
  await act(() => authentication.store.setSession(null))
  expect(html()).toBe('<b>login</b>')
})

test('a sign-out in another page is seen here', async () => {
  localStorage.setItem('session', JSON.stringify(plainResult()))
  authentication = open(createSessionStore())
  await show(<App />)
  expect(html()).toBe('<p>token opaque</p>')
  const changed = { key: 'session', newValue: 'null' }
  const tell = (storageArea: Storage) =>
    act(() => void window.dispatchEvent(new StorageEvent('storage', { ...changed, storageArea })))
  tell(sessionStorage)
  expect(html()).toBe('<p>token opaque</p>')
  tell(localStorage)
  expect(html()).toBe('<b>login</b>')
})

test('all readers see one session in one rendering', async () => {
  const seen: string[] = []
  function Reader() {
    return <>{useSession()?.accessToken ?? 'nobody'} </>
  }
  function Readers() {
    return (
      <AuthenticationProvider authentication={authentication} loading="wait">
        <Reader />
        <Reader />
        <Reader />
      </AuthenticationProvider>
    )
  }
  await show(<Readers />)
  expect(html()).toBe('nobody nobody nobody ')
  for (const accessToken of ['one', 'two', 'three']) {
    await act(() => authentication.store.setSession(plainResult({ accessToken })))
    seen.push(html())
  }
  expect(seen).toEqual(['one one one ', 'two two two ', 'three three three '])
})

test('a server renders without a session', () => {
  expect(renderToString(<App />)).toBe('<i>wait</i>')
})
