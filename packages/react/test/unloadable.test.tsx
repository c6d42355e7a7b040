import type { Session, TextStorage } from '@tenure/client'
import { act, Component, type ReactNode } from 'react'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import {
  Protected,
  SessionProvider,
  SignedIn,
  SignedOut,
  useAccessToken,
  useSession,
  type ProtectedProps,
} from '../src/index.js'
import { startIssuer, type TestIssuer } from './support/issuer.js'
import { open, until } from './support/page.js'
import { departures, memorySession, tokensOf } from './support/session.js'

let issuer: TestIssuer
beforeAll(async () => void (issuer = await startIssuer()))
afterAll(() => issuer.close())
const said = vi.spyOn(console, 'error')
beforeEach(() => void said.mockReset())
afterEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})

const DAMAGED = '{"tenure":1,"gener'
const NEWER = '{"tenure":99}'

it('says why the session cannot be loaded, and signs in when asked to', async () => {
  const page = departures()
  const session = holding(DAMAGED)
  let tryAgain = (): void => undefined
  const failed = (error: Error, again: () => void): ReactNode => {
    tryAgain = again
    return `failed: ${'code' in error && String(error.code)}`
  }
  const shown = await open(tree(session, { failed }))
  await until(() => shown.text === 'failed: storage_damaged')
  expect(page.left).toBe(0)
  await act(async () => tryAgain())
  await until(() => page.left === 1)
  await act(() => session.adopt(tokensOf('Ada')))
  expect(shown.text).toBe('secret')
})

it('says that a newer version was here, and begins no sign-in', async () => {
  const page = departures()
  let tryAgain = (): void => undefined
  const failed = (error: Error, again: () => void): ReactNode => {
    tryAgain = again
    return `failed: ${'code' in error && String(error.code)}`
  }
  const shown = await open(tree(holding(NEWER), { failed }))
  await until(() => shown.text === 'failed: storage_newer')
  await act(async () => tryAgain())
  expect(shown.text).toBe('failed: storage_newer')
  expect(page.left).toBe(0)
})

it('gives the error to the nearest boundary where nobody else takes it', async () => {
  const shown = await open(<Boundary>{tree(holding(DAMAGED))}</Boundary>)
  await until(() => shown.text === 'caught SessionError')
})

it.each([
  [DAMAGED, 'out, storage_damaged, storage_damaged'],
  [NEWER, ', storage_newer, storage_newer'],
])('is an error of every hook, and of the console where nobody listens: %s', async (text, all) => {
  const session = holding(text)
  const shown = await open(
    <SessionProvider session={session}>
      <SignedIn>in</SignedIn>
      <SignedOut>out</SignedOut>
      <Errors />
    </SessionProvider>,
  )
  await until(() => shown.text === all)
  expect(said.mock.calls.flat()).toContain(session.snapshot().error)
})

it('leaves the console alone where somebody listens', async () => {
  const session = holding(NEWER)
  const told: string[] = []
  session.on('failed', ({ error }) => told.push(error.code))
  await session.ready().catch(() => undefined)
  expect(told).toEqual(['storage_newer'])
  expect(said).not.toHaveBeenCalled()
})

function Errors(): ReactNode {
  const { error } = useSession()
  const token = useAccessToken()
  if (token.loading) return 'loading'
  const code = (error: Error | null | undefined): string =>
    String(error && 'code' in error && error.code)
  return `, ${code(error)}, ${code(token.error)}`
}

function holding(text: string): Session {
  const kept = new Map([['tenure:unloadable', text]])
  const storage: TextStorage = {
    get: (key) => kept.get(key),
    set: (key, value) => void kept.set(key, value),
    remove: (key) => void kept.delete(key),
  }
  return memorySession(issuer, { storage, name: 'unloadable' })
}

function tree(session: Session, props: ProtectedProps = {}): ReactNode {
  return (
    <SessionProvider session={session}>
      <Protected fallback="wait" {...props}>
        secret
      </Protected>
    </SessionProvider>
  )
}

class Boundary extends Component<{ children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {}
  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error }
  }
  override render(): ReactNode {
    return this.state.error ? `caught ${this.state.error.name}` : this.props.children
  }
}
