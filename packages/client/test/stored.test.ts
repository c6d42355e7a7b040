// What is in storage: one text, the same that the Rust client writes.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { decode, encode, generationOf } from '../src/stored.js'
import type { TextStorage } from '../src/types.js'
import { Issuer, numbered } from './support/issuer.js'
import { open, rejection } from './support/session.js'

const LOGIN = { generation: 1, at: 1_700_000_000_000 }
const TOKENS = {
  access_token: 'at',
  token_type: 'Bearer',
  obtained_at: 1_700_000_000_000,
  issued: 1,
  expires_at: 1_700_000_300_000,
  refresh_token: 'rt',
}
const SESSION = { tenure: 1, generation: 3, login: LOGIN, last_active: LOGIN.at, tokens: TOKENS }
const NAMED = { ...SESSION, tenure: 2, issuer: 'https://id.example', client_id: 'cards' }
const MARK = { tenure: 1, generation: 4, signed_out: { reason: 'user', at: LOGIN.at } }

let issuer: Issuer
let kept: Map<string, string>
let storage: TextStorage
beforeEach(async () => {
  issuer = await Issuer.start()
  kept = new Map()
  storage = {
    get: (key) => kept.get(key),
    set: (key, value) => void kept.set(key, value),
    remove: (key) => void kept.delete(key),
  }
})
afterEach(() => issuer.stop())

const key = (name: string): string => `tenure:${name}`

test('a session is written as it was read', () => {
  const whole = { ...TOKENS, forced: true, id_token: 'i', scope: 'openid', subject: 'ada' }
  for (const document of [SESSION, NAMED, { ...SESSION, tokens: whole }, MARK]) {
    const fields = decode(JSON.stringify(document))
    if (!fields) throw new Error('it cannot be read')
    expect(JSON.parse(encode(fields))).toEqual(document)
    expect(generationOf(JSON.stringify(document))).toBe(document.generation)
  }
})

const FOREIGN: [string, string][] = [
  ['an empty text', ''],
  ['no JSON', 'hello'],
  ['a list', '[]'],
  ['null', 'null'],
  ['truncated', JSON.stringify(SESSION).slice(0, -20)],
  ['of a newer version', JSON.stringify({ ...SESSION, tenure: 99 })],
  ['of the second version without a pair', JSON.stringify({ ...SESSION, tenure: 2 })],
  ['of the first version with a pair', JSON.stringify({ ...NAMED, tenure: 1 })],
  ['with half a pair', JSON.stringify({ ...NAMED, client_id: undefined })],
  ['a sign-out with a pair', JSON.stringify({ ...MARK, tenure: 2, issuer: 'x', client_id: 'y' })],
  ['without a version', JSON.stringify({ ...SESSION, tenure: undefined })],
  ['with a member nobody knows', JSON.stringify({ ...SESSION, sealed: true })],
  ['with a token nobody knows', JSON.stringify({ ...SESSION, tokens: { ...TOKENS, mac: 'x' } })],
  ['without an access token', JSON.stringify({ ...SESSION, tokens: {} })],
  ['with a token that is a number', tokens({ access_token: 7 })],
  ['with an empty access token', tokens({ access_token: '' })],
  ['with an end that is a text', tokens({ expires_at: '1700000300000' })],
  ['with an end that is a fraction', tokens({ expires_at: 0.5 })],
  ['with null in it', tokens({ scope: null })],
  ['with a negative generation', JSON.stringify({ ...SESSION, generation: -1 })],
  ['both signed in and out', JSON.stringify({ ...SESSION, ...MARK })],
  ['with an empty mark', JSON.stringify({ ...SESSION, signed_out: {} })],
  ['with a list of tokens', JSON.stringify({ ...SESSION, tokens: [TOKENS] })],
  ['with a reason nobody knows', JSON.stringify({ ...MARK, signed_out: { reason: 'x', at: 1 } })],
  ['with a NUL in it', tokens({ access_token: 'a\0b' })],
]

describe('a stored value that is', () => {
  test.each(FOREIGN)('%s is told and left alone', async (_, text) => {
    issuer.token = numbered()
    kept.set(key('cards'), text)
    const session = open(issuer.url, { name: 'cards', storage })
    const isNewer = text.includes('"tenure":99')
    const code = isNewer ? 'storage_newer' : 'storage_damaged'
    const told = { code, temporary: false }
    expect(await rejection(session.ready())).toMatchObject(told)
    expect(await rejection(session.accessToken())).toMatchObject(told)
    expect(await rejection(session.signOut())).toMatchObject(told)
    expect(kept).toEqual(new Map([[key('cards'), text]]))
    const signed = session.adopt({ accessToken: 'at', expiresIn: 300 })
    if (isNewer) expect(await rejection(signed)).toMatchObject(told)
    else await signed
    // A sign-in is all that takes the place of damage, which is kept aside.
    expect(kept.get(isNewer ? key('cards') : `${key('cards')}:damaged`)).toBe(text)
    expect(issuer.asked).toHaveLength(0)
  })
})

test('a value of the same form is read, whoever wrote it', async () => {
  const later = Date.now() + 300_000
  const now = Date.now()
  const fresh = { ...TOKENS, obtained_at: now, expires_at: later, subject: 'ada' }
  const login = { generation: 1, at: now }
  const text = JSON.stringify({ ...SESSION, login, last_active: now, tokens: fresh }, null, 2)
  kept.set(key('cards'), text)
  const session = open(issuer.url, { name: 'cards', storage })
  expect(await session.accessToken()).toBe('at')
  expect(session.identity).toEqual({ sub: 'ada' })
  await session.signOut()
  expect(JSON.parse(kept.get(key('cards')) ?? '')).toMatchObject({
    tenure: 1,
    generation: 4,
    signed_out: { reason: 'user' },
  })
})

test('sessions of different names in one storage know nothing of each other', async () => {
  issuer.token = numbered()
  const [one, two] = ['one', 'two'].map((name) => open(issuer.url, { name, storage }))
  const plain = open(issuer.url, { storage })
  await one?.adopt({ accessToken: 'at-one', expiresIn: 300 })
  await two?.adopt({ accessToken: 'at-two', expiresIn: 300 })
  await plain.adopt({ accessToken: 'at-plain', expiresIn: 300 })
  await one?.signOut()
  expect(await two?.accessToken()).toBe('at-two')
  expect(await plain.accessToken()).toBe('at-plain')
  expect([...kept.keys()]).toEqual(['tenure:one', 'tenure:two', `tenure:${issuer.url}|cards`])
})

function tokens(change: object): string {
  return JSON.stringify({ ...SESSION, tokens: { ...TOKENS, ...change } })
}
