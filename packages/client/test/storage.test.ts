// @vitest-environment jsdom
// The contract of a storage, and what happens when it does not keep it.

import { beforeEach, describe, expect, test, vi } from 'vitest'

import type { Session, SessionOptions, TextStorage } from '../src/index.js'
import { chooseStorage } from '../src/storage/choose.js'
import { open, rejection } from './support/session.js'

type Storing = NonNullable<SessionOptions['storage']>

const ISSUER = 'https://id.example'
const KEY = `tenure:${ISSUER}|cards`
const TOKENS = { accessToken: 'at', refreshToken: 'rt', expiresIn: 300 }

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
  for (const cookie of document.cookie.split('; ')) {
    document.cookie = `${cookie.split('=')[0]}=; Max-Age=0; Path=/`
  }
  // Nobody answers: nothing here needs the issuer.
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('offline')
  })
})

test.each<[string, () => Storing]>([
  ['memory', () => 'memory'],
  ['localStorage', () => 'localStorage'],
  ['sessionStorage', () => 'sessionStorage'],
  ['cookie', () => 'cookie'],
  ['an object', () => own(new Map())],
  ['an object that takes its time', () => slow(new Map())],
])('%s writes over the generation that is expected, and over no other', async (_, make) => {
  const place = chooseStorage(make(), 'key', (cause) => fail(cause as Error))
  const text = (generation: number): string =>
    JSON.stringify({ tenure: 1, generation, signed_out: { reason: 'user', at: 1 } })
  expect(await place.load()).toBeNull()
  expect(await place.save(1, text(2))).toBe(false)
  expect(await place.load()).toBeNull()
  expect(await place.save(0, text(1))).toBe(true)
  expect(await place.save(0, text(1))).toBe(false)
  expect(await place.save(2, text(3))).toBe(false)
  expect(await place.load()).toBe(text(1))
  expect(await place.save(1, text(2))).toBe(true)
  expect(await place.load()).toBe(text(2))
})

const STORAGES: [string, () => Storing][] = [
  ['localStorage', () => 'localStorage'],
  ['sessionStorage', () => 'sessionStorage'],
  ['a Storage', () => localStorage],
  ['cookie', () => 'cookie'],
  ['an object', () => own(new Map())],
  ['an object that takes its time', () => slow(new Map())],
]

describe.each(STORAGES)('a session in %s', (_, make) => {
  let storage: Storing
  beforeEach(() => {
    storage = make()
  })
  const fresh = (name = 'cards'): Session => open(ISSUER, { name, storage })

  test('is empty at first', async () => {
    expect(await fresh().ready()).toEqual({ status: 'signed_out', reason: 'never_signed_in' })
  })

  test('is found by the next page', async () => {
    const first = fresh()
    await first.adopt(TOKENS, { sub: 'ada' })
    first.close()
    const next = fresh()
    expect(await next.ready()).toMatchObject({ status: 'signed_in', identity: { sub: 'ada' } })
    expect(await next.accessToken()).toBe('at')
  })

  test('that was signed out stays so', async () => {
    const first = fresh()
    await first.adopt(TOKENS)
    await first.signOut({ localOnly: true })
    expect(await fresh().ready()).toEqual({ status: 'signed_out', reason: 'user' })
  })

  test('is not overwritten by a page that knows less', async () => {
    const [one, other] = [fresh(), fresh()]
    await Promise.all([one.ready(), other.ready()])
    await one.adopt({ ...TOKENS, accessToken: 'first' })
    await other.adopt({ ...TOKENS, accessToken: 'second' })
    expect(await fresh().accessToken()).toBe('second')
    await one.signOut({ localOnly: true })
    expect(await fresh().ready()).toMatchObject({ status: 'signed_out' })
  })

  test('does not meet one of another name', async () => {
    await fresh('one').adopt(TOKENS)
    expect(await fresh('two').ready()).toMatchObject({ status: 'signed_out' })
  })

  test('keeps what is not ASCII', async () => {
    await fresh().adopt({ ...TOKENS, scope: 'größe;=, 🔑' })
    expect(await fresh().ready()).toMatchObject({ scope: 'größe;=, 🔑' })
  })
})

test('memory keeps a session as long as the object lives', async () => {
  const session = open(ISSUER, { storage: 'memory' })
  await session.adopt(TOKENS)
  expect(await session.accessToken()).toBe('at')
  expect(localStorage).toHaveLength(0)
  expect(await open(ISSUER, { storage: 'memory' }).ready()).toMatchObject({ status: 'signed_out' })
})

test('a page keeps its session in localStorage unless told otherwise', async () => {
  await open(ISSUER).adopt(TOKENS)
  expect(Object.keys(localStorage)).toEqual([KEY])
})

test('another page that signs out is heard', async () => {
  const session = open(ISSUER)
  await session.adopt(TOKENS)
  const other = open(ISSUER)
  await other.ready()
  await other.signOut({ localOnly: true })
  window.dispatchEvent(new StorageEvent('storage', { key: KEY }))
  await expect.poll(() => session.snapshot().status).toBe('signed_out')
})

test('a storage that is cleared by hand takes nobody else along', async () => {
  const session = open(ISSUER)
  await session.adopt(TOKENS)
  localStorage.clear()
  window.dispatchEvent(new StorageEvent('storage', { key: null }))
  await expect.poll(() => session.snapshot().status).toBe('signed_out')
  await session.adopt({ ...TOKENS, accessToken: 'again' })
  expect(await open(ISSUER).accessToken()).toBe('again')
})

describe('a storage that', () => {
  test('is blocked is told, and memory takes its place', async () => {
    const blocked = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('blocked', 'SecurityError')
    })
    try {
      const session = open(ISSUER)
      const told = new Promise((resolve) => session.on('storageUnavailable', resolve))
      await session.adopt(TOKENS)
      expect(await session.accessToken()).toBe('at')
      expect(await told).toMatchObject({ error: { name: 'SecurityError' } })
    } finally {
      blocked.mockRestore()
    }
  })

  test('cannot be read is told, and what is in it stays', async () => {
    const kept = new Map([[KEY, 'precious']])
    const cause = new Error('the disk is on fire')
    const storage = { ...own(kept), get: () => fail(cause) }
    const session = open(ISSUER, { storage })
    const told = { code: 'storage', detail: 'read', temporary: true, cause }
    expect(await rejection(session.accessToken())).toMatchObject(told)
    expect(await rejection(session.adopt(TOKENS))).toMatchObject(told)
    expect(kept.get(KEY)).toBe('precious')
  })

  test('is full is told, and the session before stays', async () => {
    const kept = new Map<string, string>()
    const storage = own(kept)
    const session = open(ISSUER, { storage })
    await session.adopt(TOKENS)
    const before = kept.get(KEY)
    const quota = new DOMException('full', 'QuotaExceededError')
    storage.set = () => fail(quota)
    const error = await rejection(session.adopt({ ...TOKENS, accessToken: 'at-big' }))
    expect(error).toMatchObject({ code: 'storage', detail: 'write', temporary: true })
    expect(error.cause).toBe(quota)
    expect(kept.get(KEY)).toBe(before)
    expect(await session.accessToken()).toBe('at')
    expect(session.snapshot().status).toBe('signed_in')
  })

  test('is full does not keep anybody from signing out', async () => {
    const kept = new Map<string, string>()
    const storage = own(kept)
    const session = open(ISSUER, { storage })
    await session.adopt(TOKENS)
    storage.set = () => fail(new DOMException('full', 'QuotaExceededError'))
    await session.signOut({ localOnly: true })
    expect(kept.has(KEY)).toBe(false)
    expect(session.snapshot()).toMatchObject({ status: 'signed_out', reason: 'user' })
  })

  test('drops what is too big, as cookies do, is told', async () => {
    const session = open(ISSUER, { storage: 'cookie' })
    await session.adopt(TOKENS)
    // jsdom's cookies have no limit of their own.
    const cookies = own(new Map())
    const limited = open(ISSUER, {
      storage: { ...cookies, set: (key, value) => value.length < 4096 && cookies.set(key, value) },
    } as { storage: TextStorage })
    await limited.adopt(TOKENS)
    const error = await rejection(limited.adopt({ ...TOKENS, accessToken: 'x'.repeat(5000) }))
    expect(error).toMatchObject({ code: 'storage', detail: 'write' })
    expect(await limited.accessToken()).toBe('at')
  })

  test('never answers is given up', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
    try {
      const storage = { ...own(new Map()), get: () => new Promise<null>(() => undefined) }
      const session = open(ISSUER, { storage })
      const waiting = rejection(session.accessToken())
      await vi.advanceTimersByTimeAsync(0)
      for (let wait = 0; wait < 50; wait += 1) await settleCore()
      await vi.advanceTimersByTimeAsync(60_000)
      expect(await waiting).toMatchObject({ code: 'storage', detail: 'read' })
    } finally {
      vi.useRealTimers()
    }
  })
})

function own(kept: Map<string, string>): TextStorage {
  return {
    get: (key) => kept.get(key) ?? null,
    set: (key, value) => void kept.set(key, value),
    remove: (key) => void kept.delete(key),
  }
}

function slow(kept: Map<string, string>): TextStorage {
  const inner = own(kept)
  const wait = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  return {
    get: (key) => wait().then(() => inner.get(key)),
    set: (key, value) => wait().then(() => inner.set(key, value)),
    remove: (key) => wait().then(() => inner.remove(key)),
  }
}

function fail(cause: Error): never {
  throw cause
}

/** The core is unpacked by streams, which take turns of their own. */
function settleCore(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
