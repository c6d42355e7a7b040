import type { Session, TextStorage } from '@tenure/client'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { h } from 'vue'
import { startIssuer, type TestIssuer } from '../../react/test/support/issuer.js'
import { departures, memorySession, tokensOf } from '../../react/test/support/session.js'
import {
  Protected,
  sessionGuard,
  SignedIn,
  SignedOut,
  useAccessToken,
  useSession,
} from '../src/index.js'
import { open, until } from './support.js'

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
  const slots = {
    default: () => 'secret',
    fallback: () => 'wait',
    failed: ({ error, again }: { error: Error; again: () => void }) =>
      h('button', { onClick: again }, `failed: ${'code' in error && String(error.code)}`),
  }
  const shown = open(session, () => () => h(Protected, null, slots))
  expect(shown.text()).toBe('wait')
  await until(() => shown.text() === 'failed: storage_damaged')
  expect(page.left).toBe(0)
  await shown.find('button').trigger('click')
  await until(() => page.left === 1)
  await session.adopt(tokensOf('Ada'))
  await until(() => shown.text() === 'secret')
})

it.each([
  [DAMAGED, 'out, storage_damaged, storage_damaged'],
  [NEWER, ', storage_newer, storage_newer'],
])('is an error of every composable, and of the console: %s', async (text, all) => {
  const session = holding(text)
  const shown = open(session, () => {
    const { error } = useSession()
    const token = useAccessToken()
    const code = (it: Error | null): string => String(it && 'code' in it && it.code)
    return () => [
      h(SignedIn, null, () => 'in'),
      h(SignedOut, null, () => 'out'),
      token.loading.value ? 'loading' : `, ${code(error.value)}, ${code(token.error.value)}`,
    ]
  })
  await until(() => shown.text() === all)
  expect(said.mock.calls.flat()).toContain(session.snapshot().error)
})

it('fails the navigation, and `failed` of the guard says where to go on', async () => {
  const to = { fullPath: '/orders', meta: {} }
  const plain = sessionGuard(holding(NEWER))
  await expect(plain(to)).rejects.toMatchObject({ code: 'storage_newer' })
  const failed = (error: Error): string => `/${'code' in error && String(error.code)}`
  expect(await sessionGuard(holding(DAMAGED), { failed })(to)).toBe('/storage_damaged')
  const open = { fullPath: '/', meta: { public: true } }
  expect(await sessionGuard(holding(DAMAGED))(open)).toBe(true)
})

function holding(text: string): Session {
  const kept = new Map([['tenure:unloadable', text]])
  const storage: TextStorage = {
    get: (key) => kept.get(key),
    set: (key, value) => void kept.set(key, value),
    remove: (key) => void kept.delete(key),
  }
  return memorySession(issuer, { storage, name: 'unloadable' })
}
