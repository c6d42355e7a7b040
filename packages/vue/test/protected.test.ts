import type { Session } from '@tenure/client'
import type { VueWrapper } from '@vue/test-utils'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { h, KeepAlive, nextTick, ref } from 'vue'
import { startIssuer, type TestIssuer } from '../../react/test/support/issuer.js'
import {
  departures,
  listenersOf,
  memorySession,
  refresh,
  tokensOf,
} from '../../react/test/support/session.js'
import { Protected } from '../src/index.js'
import { open, until } from './support.js'

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

it('starts one sign-in, shows nothing protected, and keeps the deep link', async () => {
  const page = departures()
  const shown = protect(memorySession(issuer))
  expect(shown.text()).toBe('wait')
  await until(() => page.left > 0)
  expect(page.left).toBe(1)
  expect(page.returns).toEqual(['/orders/7?tab=items#last'])
  expect(shown.text()).toBe('wait')
})

it('starts again when the person comes back to the page as it was left', async () => {
  const page = departures()
  const shown = protect(memorySession(issuer))
  await until(() => page.left === 1)
  window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
  await until(() => page.left === 2)
  expect(shown.text()).toBe('wait')
})

it('shows its slot to whoever is signed in, and starts nothing', async () => {
  const page = departures()
  const session = memorySession(issuer)
  await session.adopt(tokensOf('Ada'))
  const shown = protect(session)
  expect(shown.text()).toBe('secret')
  await refresh(session)
  await nextTick()
  expect(shown.text()).toBe('secret')
  expect(page.returns).toEqual([])
})

it('signs in again when the issuer ended the session', async () => {
  const page = departures()
  const session = memorySession(issuer)
  await session.adopt(tokensOf('Ada'))
  const shown = protect(session)
  issuer.fails = 400
  issuer.error = 'invalid_grant'
  await refresh(session).catch(() => undefined)
  await nextTick()
  expect(shown.text()).toBe('wait')
  await until(() => page.left === 1)
})

it('does not undo a sign-out', async () => {
  const page = departures()
  const session = memorySession(issuer)
  const listeners = listenersOf(session)
  await session.adopt(tokensOf('Ada'))
  const shown = protect(session)
  await session.signOut()
  await nextTick()
  expect(shown.text()).toBe('bye')
  shown.unmount()
  expect(listeners()).toBe(0)
  // Whoever comes again wants in again.
  expect(protect(session).text()).toBe('wait')
  await until(() => page.left === 1)
  expect(page.returns).toHaveLength(1)
})

it('shows a way to sign in again after a sign-out, and does not begin it by itself', async () => {
  const page = departures()
  const session = memorySession(issuer)
  await session.adopt(tokensOf('Ada'))
  const slots = { default: () => 'secret', fallback: () => 'wait' }
  const shown = open(session, () => () => h(Protected, null, slots))
  expect(shown.text()).toBe('secret')
  await session.signOut()
  await nextTick()
  expect(shown.text()).toBe('Sign in')
  expect(page.returns).toEqual([])
  await shown.find('button').trigger('click')
  await until(() => page.left === 1)
})

it('starts nothing while it is kept alive elsewhere', async () => {
  const page = departures()
  const session = memorySession(issuer)
  await session.adopt(tokensOf('Ada'))
  const there = ref(true)
  const Kept = { render: () => h(Protected, null, () => 'secret') }
  const Home = { render: () => 'home' }
  const shown = open(session, () => () => h(KeepAlive, () => h(there.value ? Kept : Home)))
  expect(shown.text()).toBe('secret')
  there.value = false
  await nextTick()
  issuer.fails = 400
  issuer.error = 'invalid_grant'
  await refresh(session).catch(() => undefined)
  await nextTick()
  expect(shown.text()).toBe('home')
  // A sign-in that begins later and takes longer has begun: it is the only one.
  const other = memorySession(issuer, { clientId: 'other' })
  other.signIn({ returnTo: '/other' }).catch(() => undefined)
  await until(() => page.returns.length > 0)
  expect(page.returns).toEqual(['/other'])
  there.value = true
  await until(() => page.returns.length === 2)
})

it('says why the sign-in cannot begin, and begins it when asked again', async () => {
  const page = departures()
  issuer.down = true
  const shown = protect(memorySession(issuer))
  await until(() => shown.text() === 'failed: unavailable')
  issuer.down = false
  await shown.find('button').trigger('click')
  expect(shown.text()).toBe('wait')
  await until(() => page.left === 1)
})

function protect(session: Session): VueWrapper {
  const slots = {
    default: () => 'secret',
    fallback: () => 'wait',
    signedOut: () => 'bye',
    failed: ({ error, again }: { error: Error; again: () => void }) =>
      h('button', { onClick: again }, `failed: ${'code' in error && String(error.code)}`),
  }
  return open(session, () => () => h(Protected, null, slots))
}
