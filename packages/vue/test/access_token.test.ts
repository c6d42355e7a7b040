import type { Session } from '@tenure/client'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { watchEffect } from 'vue'
import { startIssuer, type TestIssuer } from '../../react/test/support/issuer.js'
import { listenersOf, memorySession, refresh, tokensOf } from '../../react/test/support/session.js'
import { useAccessToken, useSession, type AccessToken } from '../src/index.js'
import { open, until } from './support.js'

let issuer: TestIssuer
beforeAll(async () => void (issuer = await startIssuer()))
afterAll(() => issuer.close())
beforeEach(() => void (issuer.fails = null))

it('is nothing, then the token, then the next one, then nothing again', async () => {
  const session = memorySession(issuer)
  const { token, error, loading, getToken } = watch(session)
  expect(loading.value).toBe(true)
  await until(() => !loading.value)
  expect([token.value, error.value]).toEqual([null, null])
  await session.adopt(tokensOf('Ada'))
  await until(() => token.value === 'access of Ada')
  const next = await refresh(session)
  await until(() => token.value === next)
  await session.signOut()
  expect([token.value, error.value, loading.value]).toEqual([null, null, false])
  await expect(getToken()).rejects.toMatchObject({ code: 'signed_out' })
})

it('never has the token of one person together with another', async () => {
  const session = memorySession(issuer)
  await session.adopt(tokensOf('Ada'))
  const { token, pairs } = watch(session)
  await until(() => token.value === 'access of Ada')
  const next = await refresh(session)
  await until(() => token.value === next)
  await session.adopt(tokensOf('Grace'))
  await until(() => token.value === 'access of Grace')
  expect([...pairs]).toEqual([
    'Ada: null',
    'Ada: access of Ada',
    `Ada: ${next}`,
    'Grace: null',
    'Grace: access of Grace',
  ])
})

it('says why there is none, and has one as soon as there is', async () => {
  const session = memorySession(issuer, { renewal: 'on_demand' })
  await session.adopt({ ...tokensOf('Ada'), expiresIn: 0 })
  issuer.fails = 503
  const { token, error, loading, getToken } = watch(session)
  await until(() => error.value !== null)
  expect(error.value).toMatchObject({ code: 'unavailable' })
  expect([token.value, loading.value]).toEqual([null, false])
  issuer.fails = null
  let fresh: string | undefined
  const deadline = Date.now() + 20_000
  while (fresh === undefined && Date.now() < deadline) {
    fresh = await getToken().catch(() => undefined)
  }
  await until(() => token.value === fresh && error.value === null)
})

interface Watched extends AccessToken {
  /** Each person with the token that was there at the same time. */
  pairs: Set<string>
}

function watch(session: Session): Watched {
  const listeners = listenersOf(session)
  const pairs = new Set<string>()
  let got: AccessToken | undefined
  open(session, () => {
    const { identity } = useSession()
    const own = (got = useAccessToken())
    watchEffect(() => pairs.add(`${identity.value?.sub}: ${own.token.value}`))
    return () => null
  })
  if (!got) throw new Error('it was not set up')
  expect(listeners()).toBe(2)
  return { ...got, pairs }
}
