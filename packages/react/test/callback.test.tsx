import type { CallbackResult, Session } from '@tenure/client'
import type { ReactNode } from 'react'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { Callback, SessionProvider, useCallbackResult } from '../src/index.js'
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
