// A session belongs to one issuer and one client, also where two share a name and a storage.

import { afterEach, beforeEach, expect, test } from 'vitest'

import type { Session, SessionOptions, TextStorage } from '../src/index.js'
import { Issuer, numbered } from './support/issuer.js'
import { open, rejection } from './support/session.js'

let own: Issuer | undefined
let other: Issuer | undefined
let kept: Map<string, string>
let storage: TextStorage
beforeEach(async () => {
  ;[own, other] = [await Issuer.start(), await Issuer.start()]
  kept = new Map()
  storage = {
    get: (key) => kept.get(key) ?? null,
    set: (key, value) => void kept.set(key, value),
    remove: (key) => void kept.delete(key),
  }
})
afterEach(async () => {
  await own?.stop()
  await other?.stop()
})

const at = (issuer: Issuer | undefined, more: Partial<SessionOptions> = {}): Session =>
  open(issuer?.url ?? '', { name: 'shared', storage, ...more })
const TOKENS = { accessToken: 'at-own', refreshToken: 'rt-own', expiresIn: 300 }
const told = (issuer: Issuer | undefined): string =>
  issuer?.asked.map(({ path, body }) => `${path} ${body}`).join('\n') ?? ''

test.each([
  ['issuer', () => at(other)],
  ['client', () => at(own, { clientId: 'shelves' })],
])('a session of another %s is neither used nor refreshed nor revoked', async (_, foreign) => {
  await at(own).adopt({ ...TOKENS, expiresIn: 0 })
  const before = [...kept]

  const session = foreign()
  const error = await rejection(session.accessToken())
  expect(told(own) + told(other)).not.toContain('rt-own')
  expect(error).toMatchObject({ code: 'signed_out', reason: 'foreign' })
  expect(error.message).toContain(`${own?.url}, client cards`)
  expect(error.message).toContain('sign in to replace it')
  expect(await session.ready()).toEqual({ status: 'signed_out', reason: 'foreign' })
  await rejection(session.signOut())
  expect(told(own) + told(other)).not.toContain('rt-own')
  expect([...kept]).toEqual(before)
})

test('what a sign-in replaces is revoked where it came from, and nowhere else', async () => {
  await at(own).adopt(TOKENS)
  const session = at(other)
  await session.adopt({ accessToken: 'at-other', refreshToken: 'rt-other', expiresIn: 300 })
  expect(await session.accessToken()).toBe('at-other')
  await expect.poll(() => told(own)).toMatch(/\/revoke .*token=rt-own/)
  expect(told(own)).toContain('client_id=cards')
  expect(told(other)).not.toContain('rt-own')
})

test('what cannot be revoked where it came from is told', async () => {
  await at(own).adopt(TOKENS)
  const issuer = own?.url ?? ''
  await own?.stop()
  own = undefined
  const session = at(other)
  const heard = new Promise((resolve) => session.on('notRevoked', resolve))
  await session.adopt({ accessToken: 'at-other', refreshToken: 'rt-other' })
  expect(await heard).toMatchObject({ issuer, clientId: 'cards' })
})

test('a session of before, which names no issuer, is adopted once', async () => {
  if (own) own.token = numbered()
  await at(own).adopt({ ...TOKENS, expiresIn: 0 })
  const [key = '', text = ''] = [...kept][0] ?? []
  const named = JSON.parse(text) as Record<string, unknown>
  kept.set(key, JSON.stringify({ ...named, tenure: 1, issuer: undefined, client_id: undefined }))

  expect(await at(own).accessToken()).toBe('at-1')
  expect(JSON.parse(kept.get(key) ?? '')).toMatchObject({ issuer: own?.url, client_id: 'cards' })
  expect(await rejection(at(other).accessToken())).toMatchObject({ reason: 'foreign' })
})
