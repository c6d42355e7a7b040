import type { Session } from '@tenure/client'
import { act, Component, type ReactNode } from 'react'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { Protected, SessionProvider, type ProtectedProps } from '../src/index.js'
import { startIssuer, type TestIssuer } from './support/issuer.js'
import { open, until } from './support/page.js'
import { departures, listenersOf, memorySession, refresh, tokensOf } from './support/session.js'

let issuer: TestIssuer
beforeAll(async () => void (issuer = await startIssuer()))
afterAll(() => issuer.close())
beforeEach(() => history.replaceState(null, '', '/orders/7?tab=items#last'))
afterEach(() => {
  localStorage.clear()
  sessionStorage.clear()
  issuer.fails = null
  issuer.down = false
})

it.each([
  ['not yet known', false],
  ['known already', true],
])('starts one sign-in when who is there is %s, and keeps the deep link', async (_, known) => {
  const page = departures()
  const session = memorySession(issuer)
  if (known) await session.ready()
  const shown = await open(tree(session))
  expect(shown.text).toBe('wait')
  await until(() => page.left > 0)
  expect(page.left).toBe(1)
  expect(page.returns).toEqual(['/orders/7?tab=items#last'])
  expect(shown.text).toBe('wait')
})

it('starts again when the person comes back to the page as it was left', async () => {
  const page = departures()
  const shown = await open(tree(memorySession(issuer)))
  await until(() => page.left === 1)
  await act(async () => window.dispatchEvent(new PageTransitionEvent('pageshow', FROM_CACHE)))
  await until(() => page.left === 2)
  expect(shown.text).toBe('wait')
  await shown.leave()
  window.dispatchEvent(new PageTransitionEvent('pageshow', FROM_CACHE))
  expect(page.returns).toHaveLength(2)
})

it('shows its children to whoever is signed in, and starts nothing', async () => {
  const page = departures()
  const session = memorySession(issuer)
  await session.adopt(tokensOf('Ada'))
  const shown = await open(tree(session))
  expect(shown.text).toBe('secret')
  await act(() => refresh(session))
  expect(shown.text).toBe('secret')
  expect(page.returns).toEqual([])
})

it('signs in again when the issuer ended the session', async () => {
  const page = departures()
  const session = memorySession(issuer)
  await session.adopt(tokensOf('Ada'))
  const shown = await open(tree(session))
  expect(shown.text).toBe('secret')
  issuer.fails = 400
  issuer.error = 'invalid_grant'
  await act(() => refresh(session).catch(() => undefined))
  expect(shown.text).toBe('wait')
  await until(() => page.left === 1)
})

it('does not undo a sign-out', async () => {
  const page = departures()
  const session = memorySession(issuer)
  await session.adopt(tokensOf('Ada'))
  const shown = await open(tree(session, { signedOut: 'bye' }))
  await act(() => session.signOut())
  expect(shown.text).toBe('bye')
  // Whoever comes again wants in again.
  await shown.render(null)
  await shown.render(tree(session, { signedOut: 'bye' }))
  expect(shown.text).toBe('wait')
  await until(() => page.left === 1)
  expect(page.returns).toHaveLength(1)
})

it('shows a way to sign in again after a sign-out, and does not begin it by itself', async () => {
  const page = departures()
  const session = memorySession(issuer)
  await session.adopt(tokensOf('Ada'))
  const shown = await open(tree(session))
  await act(() => session.signOut())
  expect(shown.text).toBe('Sign in')
  expect(page.returns).toEqual([])
  await act(async () => document.querySelector('button')?.click())
  await until(() => page.left === 1)
  expect(page.returns).toEqual(['/orders/7?tab=items#last'])
})

it('shows nothing after a sign-out where that is wanted', async () => {
  const session = memorySession(issuer)
  await session.adopt(tokensOf('Ada'))
  const shown = await open(tree(session, { signedOut: null }))
  await act(() => session.signOut())
  expect(shown.text).toBe('')
})

it('stays where it is when it is left before the page is', async () => {
  const page = departures()
  const session = memorySession(issuer)
  const listeners = listenersOf(session)
  await session.ready()
  const shown = await open(tree(session))
  await shown.leave()
  expect(listeners()).toBe(0)
  await until(() => page.returns.length === 1)
  await act(() => session.ready())
  expect(page.left).toBe(0)
})

it('says why the sign-in cannot begin, and begins it when asked again', async () => {
  const page = departures()
  const session = memorySession(issuer)
  issuer.down = true
  let tryAgain = (): void => undefined
  const failed = (error: Error, again: () => void): ReactNode => {
    tryAgain = again
    return `failed: ${'code' in error && String(error.code)}`
  }
  const shown = await open(tree(session, { failed }))
  await until(() => shown.text === 'failed: unavailable')
  expect(page.left).toBe(0)
  issuer.down = false
  await act(async () => tryAgain())
  await until(() => page.left === 1)
  expect(shown.text).toBe('wait')
})

it('gives the error to the nearest boundary where nobody else takes it', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  issuer.down = true
  const shown = await open(<Boundary>{tree(memorySession(issuer))}</Boundary>)
  await until(() => shown.text === 'caught SessionError')
  said.mockRestore()
})

function tree(session: Session, props: ProtectedProps = {}): ReactNode {
  return (
    <SessionProvider session={session}>
      <Protected fallback="wait" {...props}>
        secret
      </Protected>
    </SessionProvider>
  )
}

const FROM_CACHE = { persisted: true }

class Boundary extends Component<{ children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {}
  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error }
  }
  override render(): ReactNode {
    return this.state.error ? `caught ${this.state.error.name}` : this.props.children
  }
}
