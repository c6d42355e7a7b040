import type { Session } from '@tenure/client'
import { act, type ReactNode } from 'react'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SessionProvider, SignedIn, SignedOut, useSession } from '../src/index.js'
import { startIssuer, type TestIssuer } from './support/issuer.js'
import { open, until } from './support/page.js'
import { listenersOf, memorySession, refresh, tokensOf } from './support/session.js'

let issuer: TestIssuer
beforeAll(async () => void (issuer = await startIssuer()))
afterAll(() => issuer.close())

function Who(): ReactNode {
  const state = useSession()
  const name = state.identity?.name ?? 'nobody'
  return `${state.status}: ${name} `
}

it('shows who is signed in, from the first moment to the sign-out', async () => {
  const session = memorySession(issuer)
  const page = await open(
    <SessionProvider session={session}>
      <Who />
      <SignedIn>in</SignedIn>
      <SignedOut>out</SignedOut>
    </SessionProvider>,
  )
  await until(() => page.text === 'signed_out: nobody out')
  await act(() => session.adopt(tokensOf('Ada')))
  expect(page.text).toBe('signed_in: Ada in')
  await act(() => session.signOut())
  expect(page.text).toBe('signed_out: nobody out')
})

it('sees the sign-out of another tab', async () => {
  const shared = { storage: 'localStorage' } as const
  const [here, there] = [memorySession(issuer, shared), memorySession(issuer, shared)]
  await there.adopt(tokensOf('Ada'))
  const page = await open(tree(here, <Who />))
  await until(() => page.text === 'signed_in: Ada ')
  await there.signOut()
  await until(() => page.text === 'signed_out: nobody ')
  here.close()
  there.close()
  localStorage.clear()
})

it('shows neither side before it is known who is signed in', async () => {
  const never = { load: () => new Promise<null>(() => undefined), save: async () => true }
  const session = memorySession(issuer, { storage: never })
  const page = await open(
    <SessionProvider session={session}>
      <Who />
      <SignedIn>in</SignedIn>
      <SignedOut>out</SignedOut>
    </SessionProvider>,
  )
  expect(page.text).toBe('loading: nobody ')
})

it('a refresh renders only what reads it', async () => {
  const session = memorySession(issuer)
  await session.adopt(tokensOf('Ada'))
  const rendered = { status: 0, identity: 0, everything: 0 }
  const Status = (): ReactNode => {
    const status = useSession((seen) => seen.status)
    rendered.status += 1
    return status
  }
  const Name = (): ReactNode => {
    const identity = useSession((seen) => (seen.status === 'signed_in' ? seen.identity : null))
    rendered.identity += 1
    return identity?.name
  }
  const Everything = (): ReactNode => {
    const state = useSession()
    rendered.everything += 1
    return state.status
  }
  await open(
    <SessionProvider session={session}>
      <Status />
      <Name />
      <Everything />
    </SessionProvider>,
  )
  const before = { ...rendered }
  await act(() => refresh(session))
  expect(rendered.status).toBe(before.status)
  expect(rendered.identity).toBe(before.identity)
  expect(rendered.everything).toBeGreaterThan(before.everything)
})

it('gives the same object until something changed', async () => {
  const session = memorySession(issuer)
  await session.adopt(tokensOf('Ada'))
  const seen = new Set<object>()
  const Look = (): ReactNode => {
    seen.add(useSession())
    return null
  }
  const page = await open(tree(session, <Look />))
  const first = seen.size
  await page.render(tree(session, <Look />))
  await page.render(tree(session, <Look />))
  expect(seen.size).toBe(first)
})

it('leaves no listener behind', async () => {
  const session = memorySession(issuer)
  const listeners = listenersOf(session)
  const page = await open(tree(session, <Who />))
  expect(listeners()).toBeGreaterThan(0)
  await page.render(null)
  expect(listeners()).toBe(0)
  await page.render(tree(session, <Who />))
  await page.leave()
  expect(listeners()).toBe(0)
})

it('follows the session when the provider gets another one', async () => {
  const [one, other] = [memorySession(issuer), memorySession(issuer)]
  await one.adopt(tokensOf('Ada'))
  await other.adopt(tokensOf('Grace'))
  const listeners = listenersOf(one)
  const page = await open(tree(one, <Who />))
  expect(page.text).toContain('Ada')
  await page.render(tree(other, <Who />))
  expect(page.text).toContain('Grace')
  expect(listeners()).toBe(0)
})

it('opens one session for the same options and closes it with the last provider', async () => {
  const options = { issuer: issuer.url, clientId: 'opened', storage: 'memory' as const }
  const seen = new Set<Session>()
  const Look = (): ReactNode => {
    seen.add(useSession().session)
    return null
  }
  const provider = (key: string): ReactNode => (
    <SessionProvider key={key} options={{ ...options }}>
      <Look />
    </SessionProvider>
  )
  const page = await open([provider('one'), provider('two')])
  expect(seen.size).toBe(1)
  const [session] = seen
  await page.render([provider('two')])
  await act(async () => expect(await session?.adopt(tokensOf('Ada'))).toBeUndefined())
  await page.render(null)
  await expect(session?.adopt(tokensOf('Ada'))).rejects.toMatchObject({ code: 'closed' })
  await page.render(provider('three'))
  expect(seen.size).toBe(2)
})

it('says what is missing where there is no provider', async () => {
  const { renderToString } = await import('react-dom/server')
  expect(() => renderToString(<Who />)).toThrow('<SessionProvider>')
})

function tree(session: Session, children: ReactNode): ReactNode {
  return <SessionProvider session={session}>{children}</SessionProvider>
}
