import type { Session } from '@tenure/client'
import { act, type ReactNode } from 'react'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { SessionProvider, useAccessToken, useSession, type AccessToken } from '../src/index.js'
import { startIssuer, type TestIssuer } from './support/issuer.js'
import { open, until, type Page } from './support/page.js'
import { listenersOf, memorySession, refresh, tokensOf } from './support/session.js'

let issuer: TestIssuer
beforeAll(async () => void (issuer = await startIssuer()))
afterAll(() => issuer.close())
beforeEach(() => void (issuer.fails = null))

it('is nothing, then the token, then the next one, then nothing again', async () => {
  const session = memorySession(issuer)
  const seen = await watch(session)
  await until(() => !seen.now.loading)
  expect(seen.now).toMatchObject({ token: null, error: null })
  await act(() => session.adopt(tokensOf('Ada')))
  await until(() => seen.now.token === 'access of Ada')
  const next = await act(() => refresh(session))
  await until(() => seen.now.token === next)
  await act(() => session.signOut())
  expect(seen.now).toMatchObject({ token: null, error: null, loading: false })
  await expect(seen.now.getToken()).rejects.toMatchObject({ code: 'signed_out' })
})

it('keeps the token of before until the refreshed one is there', async () => {
  const session = memorySession(issuer)
  await session.adopt(tokensOf('Ada'))
  const seen = await watch(session)
  await until(() => seen.now.token !== null)
  seen.pairs.clear()
  const next = await act(() => refresh(session))
  await until(() => seen.now.token === next)
  expect(seen.pairs).not.toContain('Ada: null')
})

it('asks for no token however often it renders', async () => {
  const session = memorySession(issuer)
  await session.adopt({ ...tokensOf('Ada'), expiresIn: 0 })
  const asked = issuer.asked.length
  const seen = await watch(session)
  await until(() => seen.now.token !== null)
  for (let time = 0; time < 5; time += 1) await seen.again()
  expect(issuer.asked.length).toBe(asked + 1)
})

it('never shows the token of one person beside another', async () => {
  const session = memorySession(issuer)
  await session.adopt(tokensOf('Ada'))
  const seen = await watch(session)
  await until(() => seen.now.token === 'access of Ada')
  await act(() => session.adopt(tokensOf('Grace')))
  await until(() => seen.now.token === 'access of Grace')
  expect([...seen.pairs].filter((pair) => !pair.endsWith('null')).sort()).toEqual([
    'Ada: access of Ada',
    'Grace: access of Grace',
  ])
})

it('says why there is none, and has one as soon as there is', async () => {
  const session = memorySession(issuer, { renewal: 'on_demand' })
  await session.adopt({ ...tokensOf('Ada'), expiresIn: 0 })
  issuer.fails = 503
  const seen = await watch(session)
  await until(() => seen.now.error !== null)
  expect(seen.now).toMatchObject({ token: null, loading: false, error: { code: 'unavailable' } })
  issuer.fails = null
  const deadline = Date.now() + 20_000
  let token: string | undefined
  while (token === undefined && Date.now() < deadline) {
    token = await act(() => seen.now.getToken().catch(() => undefined))
  }
  await until(() => seen.now.token === token && seen.now.error === null)
})

it('leaves no listener behind', async () => {
  const session = memorySession(issuer)
  const listeners = listenersOf(session)
  const seen = await watch(session)
  expect(listeners()).toBeGreaterThan(0)
  await seen.page.leave()
  expect(listeners()).toBe(0)
})

interface Seen {
  page: Page
  now: AccessToken
  /** Each person with the token that was rendered beside. */
  pairs: Set<string>
  again(): Promise<void>
}

async function watch(session: Session): Promise<Seen> {
  const pairs = new Set<string>()
  const seen = { pairs } as Seen
  const Watch = (): ReactNode => {
    const { identity } = useSession()
    seen.now = useAccessToken()
    pairs.add(`${identity?.sub}: ${seen.now.token}`)
    return null
  }
  const tree = (): ReactNode => (
    <SessionProvider session={session}>
      <Watch />
    </SessionProvider>
  )
  seen.page = await open(tree())
  seen.again = () => seen.page.render(tree())
  return seen
}
