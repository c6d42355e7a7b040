// A storage that somebody wrote, by the interface that the README names.

import { expect, test } from 'vitest'

import { generationOf, type SessionStorage, type Unreadable } from '../src/index.js'
import { open, rejection } from './support/session.js'

const ISSUER = 'https://id.example'
const TOKENS = { accessToken: 'at', refreshToken: 'rt', expiresIn: 300 }

/** A row of a database: its generation, and a text that nobody looks into. */
class Row implements SessionStorage {
  #row: { generation: number; text: string } | null = null

  async load(): Promise<string | null> {
    return this.#row?.text ?? null
  }

  async save(replaces: number, text: string): Promise<boolean> {
    if ((this.#row?.generation ?? 0) !== replaces) return false
    this.#row = { generation: generationOf(text) ?? Number.NaN, text }
    return true
  }
}

test('load and save are enough for a session that several programs share', async () => {
  const storage = new Row()
  const [one, other] = [open(ISSUER, { storage }), open(ISSUER, { storage })]
  await Promise.all([one.ready(), other.ready()])
  await one.adopt({ ...TOKENS, accessToken: 'first' }, { sub: 'ada' })
  await other.adopt({ ...TOKENS, accessToken: 'second' }, { sub: 'ada' })
  const next = open(ISSUER, { storage })
  expect(await next.accessToken()).toBe('second')
  await one.signOut({ localOnly: true })
  expect(await open(ISSUER, { storage }).ready()).toMatchObject({ status: 'signed_out' })
  expect(generationOf(await storage.load())).toBeGreaterThan(2)
})

test('what a storage says of a value that cannot be read reaches the caller', async () => {
  const newer: Unreadable = Object.assign(new Error('row 7'), { fault: 'newer' as const })
  const storage: SessionStorage = {
    load: () => Promise.reject(newer),
    save: async () => false,
  }
  const error = await rejection(open(ISSUER, { storage }).accessToken())
  expect(error).toMatchObject({ code: 'storage_newer', cause: newer })
})

test('a text that is no session has no generation, and nothing has the first', () => {
  expect(generationOf('{"tenure":1}')).toBeNull()
  expect(generationOf(null)).toBe(0)
})
