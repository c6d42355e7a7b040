import type { CallbackResult, Session } from '@tenure/client'
import { act, type ReactNode } from 'react'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  Callback,
  Protected,
  SessionProvider,
  SignedOut,
  useCallbackResult,
  type ProtectedProps,
} from '../src/index.js'
import { startIssuer, type TestIssuer } from './support/issuer.js'
import { open, until } from './support/page.js'
import { departures, memorySession, tokensOf } from './support/session.js'

let issuer: TestIssuer
beforeAll(async () => void (issuer = await startIssuer()))
afterAll(() => issuer.close())
afterEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})

it('finishes a sign-in once and goes back to the deep link', async () => {
  const session = await comeBack('/orders/7?tab=items')
  const asked = issuer.asked.length
  const done: CallbackResult[] = []
  const shown = await open(tree(session, done))
  expect(shown.text).toBe('wait')
  await until(() => done.length > 0)
  await shown.render(tree(session, done))
  expect(done).toEqual([{ returnTo: '/orders/7?tab=items', identity: null }])
  expect(issuer.asked.length).toBe(asked + 1)
  expect(session.snapshot().status).toBe('signed_in')
  expect(location.search).toBe('')
})

it('loses nothing when it is mounted anew while it waits', async () => {
  const session = await comeBack('/deep')
  const asked = issuer.asked.length
  const done: CallbackResult[] = []
  const shown = await open(tree(session, done))
  await shown.render(null)
  await shown.render(tree(session, done))
  await until(() => done.length > 0)
  expect(done).toEqual([{ returnTo: '/deep', identity: null }])
  expect(issuer.asked.length).toBe(asked + 1)
})

it('is done at once where the address is no callback', async () => {
  history.replaceState(null, '', '/callback')
  const session = memorySession(issuer)
  await session.adopt(tokensOf('Ada'))
  const done: CallbackResult[] = []
  await open(tree(session, done))
  await until(() => done.length > 0)
  expect(done).toEqual([{ returnTo: null, identity: session.identity }])
})

it('says what is wrong with an answer that nobody asked for', async () => {
  history.replaceState(null, '', '/callback?code=foreign&state=foreign')
  const session = memorySession(issuer)
  const Show = (): ReactNode => {
    const state = useCallbackResult()
    return state.status === 'failed' ? `${'code' in state.error && state.error.code}` : state.status
  }
  const shown = await open(
    <SessionProvider session={session}>
      <Show />
      <Callback onDone={() => undefined} failed={({ name }) => ` ${name}`} />
    </SessionProvider>,
  )
  await until(() => shown.text.includes('state_'))
  expect(shown.text).toMatch(/^state_\w+ SessionError$/)
})

describe('the provider alone', () => {
  it('finishes a sign-in once, goes back to the deep link, and shows nothing else before', async () => {
    const session = await comeBack('/orders/7?tab=items')
    const asked = issuer.asked.length
    const page = departures()
    const seen = new Set<string>()
    const Where = (): ReactNode => {
      seen.add(location.pathname + location.search)
      return 'secret'
    }
    const shown = await open(
      <SessionProvider session={session}>
        <SignedOut>sign in</SignedOut>
        <Protected fallback="wait">
          <Where />
        </Protected>
      </SessionProvider>,
    )
    expect(shown.text).toBe('wait')
    await until(() => shown.text === 'secret')
    expect([...seen]).toEqual(['/orders/7?tab=items'])
    expect(issuer.asked.length).toBe(asked + 1)
    expect(page.left).toBe(0)
  })

  it('tells a router that listens to the history', async () => {
    const heard: string[] = []
    const hear = (): void => void heard.push(location.pathname)
    addEventListener('popstate', hear)
    const shown = await open(provider(await comeBack('/deep')))
    await until(() => shown.text === 'secret')
    expect(heard).toEqual(['/deep'])
    removeEventListener('popstate', hear)
  })

  it('or the router that it is given, and nothing else', async () => {
    const gone: string[] = []
    const shown = await open(provider(await comeBack('/deep'), { navigate: (to) => gone.push(to) }))
    await until(() => shown.text === 'secret')
    expect(gone).toEqual(['/deep'])
    expect(location.pathname).toBe('/callback')
  })

  it('leaves the way on to a page for it, and both exchange once', async () => {
    const session = await comeBack('/deep')
    const asked = issuer.asked.length
    const done: CallbackResult[] = []
    const gone: string[] = []
    const shown = await open(
      <SessionProvider session={session} navigate={(to) => gone.push(to)}>
        <Callback onDone={(result) => done.push(result)}>wait</Callback>
      </SessionProvider>,
    )
    await until(() => done.length > 0)
    await shown.render(null)
    expect(done).toEqual([{ returnTo: '/deep', identity: null }])
    expect(gone).toEqual([])
    expect(issuer.asked.length).toBe(asked + 1)
  })

  it('gives what went wrong to what is protected, which can begin again', async () => {
    const session = await refused()
    let again = (): void => undefined
    const failed = (error: Error, retry: () => void): ReactNode => {
      again = retry
      return `failed: ${'code' in error && String(error.code)}`
    }
    const shown = await open(provider(session, {}, { failed }))
    await until(() => shown.text === 'failed: refused')
    const page = departures()
    await act(async () => again())
    await until(() => page.left === 1)
    expect(shown.text).toBe('wait')
  })

  it('or shows it itself', async () => {
    const session = await refused()
    const failed = (error: Error): ReactNode => `not signed in: ${error.name}`
    const shown = await open(provider(session, { failed }))
    await until(() => shown.text === 'not signed in: SessionError')
  })

  it('says nothing of an old answer to whoever is signed in', async () => {
    history.replaceState(null, '', '/?code=old&state=foreign')
    const session = memorySession(issuer)
    await session.adopt(tokensOf('Ada'))
    const shown = await open(provider(session, { failed: () => 'failed' }))
    await until(() => shown.text === 'secret')
  })
})

function provider(
  session: Session,
  own: { navigate?: (to: string) => void; failed?: (error: Error) => ReactNode } = {},
  props: ProtectedProps = {},
): ReactNode {
  return (
    <SessionProvider session={session} {...own}>
      <Protected fallback="wait" {...props}>
        secret
      </Protected>
    </SessionProvider>
  )
}

/** A session of the page that the issuer sent the person back to without a code. */
async function refused(): Promise<Session> {
  const session = await comeBack('/deep')
  const answer = new URL(location.href)
  answer.searchParams.delete('code')
  answer.searchParams.set('error', 'access_denied')
  history.replaceState(null, '', answer)
  return session
}

/** A session of the page that an issuer sent the person back to. */
async function comeBack(returnTo: string): Promise<Session> {
  const before = departures()
  const session = memorySession(issuer)
  session.signIn({ returnTo }).catch(() => undefined)
  await vi.waitFor(() => expect(before.left).toBe(1))
  history.replaceState(null, '', `/callback?code=one&state=${before.state}`)
  return session
}

function tree(session: Session, done: CallbackResult[]): ReactNode {
  return (
    <SessionProvider session={session}>
      <Callback onDone={(result) => done.push(result)}>wait</Callback>
    </SessionProvider>
  )
}
