import { mount } from '@vue/test-utils'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createApp, effectScope, h, nextTick, watchEffect } from 'vue'
import { startIssuer, type TestIssuer } from '../../react/test/support/issuer.js'
import { listenersOf, memorySession, refresh, tokensOf } from '../../react/test/support/session.js'
import { createTenure, SignedIn, SignedOut, tenure, useSession } from '../src/index.js'
import { open, until } from './support.js'

let issuer: TestIssuer
beforeAll(async () => void (issuer = await startIssuer()))
afterAll(() => issuer.close())

it('shows who is signed in, from the first moment to the sign-out', async () => {
  const session = memorySession(issuer)
  const page = open(session, () => {
    const { status, identity } = useSession()
    return () =>
      h('main', [
        `${status.value}: ${identity.value?.name ?? 'nobody'} `,
        h(SignedIn, null, () => 'in'),
        h(SignedOut, null, () => 'out'),
      ])
  })
  expect(page.text()).toBe('loading: nobody')
  await until(() => page.text() === 'signed_out: nobody out')
  await session.adopt(tokensOf('Ada'))
  await nextTick()
  expect(page.text()).toBe('signed_in: Ada in')
  await session.signOut()
  await nextTick()
  expect(page.text()).toBe('signed_out: nobody out')
})

it('a refresh wakes only what reads it', async () => {
  const session = memorySession(issuer)
  await session.adopt(tokensOf('Ada'))
  const ran = { status: 0, identity: 0, everything: 0 }
  open(session, () => {
    const { status, identity, snapshot } = useSession()
    watchEffect(() => void (status.value, (ran.status += 1)), { flush: 'sync' })
    watchEffect(() => void (identity.value, (ran.identity += 1)), { flush: 'sync' })
    watchEffect(() => void (snapshot.value, (ran.everything += 1)), { flush: 'sync' })
    return () => null
  })
  await refresh(session)
  expect(ran.status).toBe(1)
  expect(ran.identity).toBe(1)
  expect(ran.everything).toBeGreaterThan(1)
})

it('leaves no listener behind, in components and in scopes', async () => {
  const session = memorySession(issuer)
  const listeners = listenersOf(session)
  const page = open(session, () => {
    useSession()
    return () => h(SignedIn)
  })
  expect(listeners()).toBe(2)
  page.unmount()
  expect(listeners()).toBe(0)

  const app = createApp({}).use(createTenure(session))
  const scope = effectScope(true)
  await session.adopt(tokensOf('Ada'))
  const seen = app.runWithContext(() => scope.run(() => useSession()))
  expect(seen?.identity.value?.name).toBe('Ada')
  expect(listeners()).toBe(1)
  scope.stop()
  expect(listeners()).toBe(0)
})

it('lets nobody write what it shows', async () => {
  const session = memorySession(issuer)
  open(session, () => {
    const { snapshot } = useSession()
    const before = snapshot.value
    Object.assign(snapshot, { value: { status: 'signed_in' } })
    expect(snapshot.value).toBe(before)
    return () => null
  })
})

it('says what is missing where there is no session', () => {
  const without = { setup: (): unknown => useSession(), render: () => null }
  expect(() => mount(without)).toThrow('app.use(tenure, { session })')
  expect(tenure.install).toBeTypeOf('function')
})
