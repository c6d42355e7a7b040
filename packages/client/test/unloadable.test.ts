// Storage that cannot be read: nobody waits for ever, and nothing is thrown away.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { Session, SessionError, TextStorage } from '../src/index.js'
import { Issuer, numbered } from './support/issuer.js'
import { open, rejection } from './support/session.js'

const DAMAGED = '{"tenure":1,"gener'
const NEWER = '{"tenure":99,"anything":true}'
const KEY = 'tenure:cards'

let issuer: Issuer
let kept: Map<string, string>
/** What every read throws, while it does. */
let trouble: Error | null
let storage: TextStorage
beforeEach(async () => {
  issuer = await Issuer.start()
  kept = new Map()
  trouble = null
  storage = {
    get(key) {
      if (trouble) throw trouble
      return kept.get(key)
    },
    set: (key, value) => void kept.set(key, value),
    remove: (key) => void kept.delete(key),
  }
})
afterEach(() => issuer.stop())

const cards = (): Session => open(issuer.url, { name: 'cards', storage })

/** What a session tells about itself that cannot be loaded. */
async function failure(session: Session): Promise<SessionError> {
  const told: SessionError[] = []
  session.on('failed', ({ error }) => told.push(error))
  const error = await rejection(session.ready())
  const { code } = error
  expect(await rejection(session.accessToken())).toMatchObject({ code })
  expect(session.snapshot()).toMatchObject({ status: 'failed', error })
  expect(session.snapshot().error).toBe(error)
  expect(session.identity).toBeNull()
  expect(await rejection(session.ready())).toBe(error)
  expect(told).toEqual([error])
  return error
}

describe('what cannot be loaded is an error of everything that waits for it', () => {
  test('a damaged value, which signing in replaces', async () => {
    kept.set(KEY, DAMAGED)
    const session = cards()
    const error = await failure(session)
    expect(error).toMatchObject({ code: 'storage_damaged', temporary: false })
    expect(error.message).toContain('sign in again')
    expect(session.snapshot()).toMatchObject({ signInHelps: true })
    expect(kept).toEqual(new Map([[KEY, DAMAGED]]))
  })

  test('a value of a newer version, which nothing here replaces', async () => {
    kept.set(KEY, NEWER)
    const session = cards()
    const error = await failure(session)
    expect(error).toMatchObject({ code: 'storage_newer', temporary: false })
    expect(error.message).toContain('newer version')
    expect(session.snapshot()).toMatchObject({ signInHelps: false })
    const begun = session.signIn({ redirectUri: 'http://127.0.0.1:7/', open: () => undefined })
    expect(await rejection(begun)).toBe(error)
    expect(await rejection(session.adopt({ accessToken: 'at' }))).toMatchObject({
      code: 'storage_newer',
    })
    expect(await rejection(session.signOut())).toMatchObject({ code: 'storage_newer' })
    expect(kept).toEqual(new Map([[KEY, NEWER]]))
  })

  test('storage that throws', async () => {
    trouble = new Error('the disk is gone')
    const session = cards()
    const error = await failure(session)
    expect(error).toMatchObject({ code: 'storage', detail: 'read', temporary: true })
    expect(error.message).toContain('the disk is gone')
    expect(session.snapshot()).toMatchObject({ signInHelps: false })
  })
})

describe('a sign-in over a damaged value', () => {
  test('keeps that value aside, and only the last one', async () => {
    for (const text of [DAMAGED, 'hello']) {
      kept.set(KEY, text)
      const session = cards()
      await rejection(session.ready())
      await session.adopt({ accessToken: `at over ${text}`, expiresIn: 300 })
      expect(session.snapshot().status).toBe('signed_in')
      expect(kept.get(`${KEY}:damaged`)).toBe(text)
      expect(kept.size).toBe(2)
      expect(await cards().accessToken()).toBe(`at over ${text}`)
    }
  })

  test('is newer than whatever a peer knew before', async () => {
    issuer.token = numbered()
    const peer = cards()
    for (const number of [1, 2, 3])
      await peer.adopt({ accessToken: `old ${number}`, refreshToken: 'rt', expiresIn: 300 })
    kept.set(KEY, DAMAGED)
    await cards().adopt({ accessToken: 'new', expiresIn: 300 })
    const known = await peer.accessToken()
    expect(await peer.accessToken({ rejected: known })).toBe('new')
    expect(issuer.asked).toHaveLength(0)
  })

  test('also where the value was damaged after it was read', async () => {
    const session = cards()
    await session.adopt({ accessToken: 'old', expiresIn: 300 })
    kept.set(KEY, DAMAGED)
    await session.adopt({ accessToken: 'new', expiresIn: 300 })
    expect(await session.accessToken()).toBe('new')
    expect(await cards().accessToken()).toBe('new')
    expect(kept.get(`${KEY}:damaged`)).toBe(DAMAGED)
  })

  test('does not take a value of a newer version for damage, whenever it came', async () => {
    const session = cards()
    await session.adopt({ accessToken: 'old', expiresIn: 300 })
    kept.set(KEY, NEWER)
    const error = await rejection(session.adopt({ accessToken: 'new', expiresIn: 300 }))
    expect(error.code).toBe('storage_newer')
    expect(kept).toEqual(new Map([[KEY, NEWER]]))
  })
})

test('storage that throws for a while is read again by itself', async () => {
  trouble = new Error('not now')
  const session = cards()
  await rejection(session.ready())
  trouble = null
  await expect.poll(() => session.snapshot().status, { timeout: 30_000 }).toBe('signed_out')
  expect(await session.ready()).toEqual({ status: 'signed_out', reason: 'never_signed_in' })
  await session.adopt({ accessToken: 'at', expiresIn: 300 })
  expect(await session.accessToken()).toBe('at')
})

test('a read that fails once is nobody’s concern', async () => {
  let reads = 0
  const { get } = storage
  storage.get = (key) => {
    if (reads++ === 0) throw new Error('once')
    return get(key)
  }
  const session = cards()
  session.on('failed', () => expect.unreachable())
  expect(await session.ready()).toMatchObject({ status: 'signed_out' })
  expect(reads).toBe(2)
})
