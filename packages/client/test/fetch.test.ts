import { afterEach, beforeEach, expect, test } from 'vitest'

import type { Session } from '../src/index.js'
import { Issuer, json, numbered, text } from './support/issuer.js'
import { open, rejection } from './support/session.js'

let issuer: Issuer
let session: Session
beforeEach(async () => {
  issuer = await Issuer.start()
  issuer.token = numbered()
  session = open(issuer.url, { allowedOrigins: [issuer.url] })
  await session.adopt({ accessToken: 'at-old', refreshToken: 'rt-old', expiresIn: 300 })
})
afterEach(() => issuer.stop())

/** Answers 401 to every token but this one. */
function accept(token: string): void {
  issuer.api = (asked, response) =>
    asked.headers.authorization === `Bearer ${token}`
      ? json(200, { body: asked.body })(asked, response)
      : text(401, 'no')(asked, response)
}

test('attaches the token', async () => {
  accept('at-old')
  const response = await session.fetch(`${issuer.url}/cards`, { headers: { 'x-own': '1' } })
  expect(response.status).toBe(200)
  expect(issuer.to('/cards')[0]?.headers).toMatchObject({ 'x-own': '1' })
})

test('sends the token to no other origin, and not even the request', async () => {
  const other = await Issuer.start()
  const error = await rejection(session.fetch(`${other.url}/cards`))
  expect(error).toMatchObject({ code: 'foreign_origin', detail: other.url })
  expect(other.asked).toHaveLength(0)
  await other.stop()
})

test('allows no origin where there is no page and none is named', async () => {
  const none = open(issuer.url, { name: 'none' })
  await none.adopt({ accessToken: 'at', expiresIn: 300 })
  expect(await rejection(none.fetch(issuer.url))).toMatchObject({ code: 'foreign_origin' })
})

test('asks once more with a newer token after a 401, with the same body', async () => {
  accept('at-1')
  const response = await session.fetch(`${issuer.url}/cards`, { method: 'POST', body: 'again' })
  expect(await response.json()).toEqual({ body: 'again' })
  expect(issuer.to('/cards').map(({ body }) => body)).toEqual(['again', 'again'])
})

test('a second 401 is the answer', async () => {
  accept('nobody')
  expect((await session.fetch(`${issuer.url}/cards`)).status).toBe(401)
  expect(issuer.to('/cards')).toHaveLength(2)
  expect(issuer.to('/token')).toHaveLength(1)
})

test('a hundred 401 at once cause one refresh', async () => {
  accept('at-1')
  const calls = Array.from({ length: 100 }, () => session.fetch(`${issuer.url}/cards`))
  const statuses = (await Promise.all(calls)).map(({ status }) => status)
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(issuer.to('/token')).toHaveLength(1)
})

test('a body that streams is sent once', async () => {
  accept('at-1')
  const body = new Blob(['streamed']).stream()
  const init = { method: 'POST', body, duplex: 'half' } as RequestInit
  expect((await session.fetch(`${issuer.url}/cards`, init)).status).toBe(401)
  expect(issuer.to('/cards').map((asked) => asked.body)).toEqual(['streamed'])
})

test('where no newer token comes, the 401 is the answer', async () => {
  accept('nobody')
  issuer.token = text(503, '')
  expect((await session.fetch(`${issuer.url}/cards`)).status).toBe(401)
  expect(issuer.to('/cards')).toHaveLength(1)
  expect(session.snapshot().status).toBe('signed_in')
})

test('does not send the request of one person with the token of another', async () => {
  issuer.api = async (asked, response) => {
    await session.adopt({ accessToken: 'at-eve', expiresIn: 300 }, { sub: 'eve' })
    await text(401, 'no')(asked, response)
  }
  expect((await session.fetch(`${issuer.url}/cards`)).status).toBe(401)
  expect(issuer.to('/cards')).toHaveLength(1)
})

test('a signal ends the wait for a token, too', async () => {
  let asked = (): void => undefined
  const began = new Promise<void>((resolve) => (asked = resolve))
  issuer.token = () => asked()
  await session.adopt({ accessToken: 'at-old', refreshToken: 'rt-old', expiresIn: 0 })
  const giveUp = new AbortController()
  const waiting = session.fetch(`${issuer.url}/cards`, { signal: giveUp.signal })
  await began
  giveUp.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  expect(issuer.to('/cards')).toHaveLength(0)
})

test('a signal that is given up before sends nothing', async () => {
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(session.fetch(`${issuer.url}/cards`, { signal })).rejects.toThrow('enough')
  expect(issuer.to('/cards')).toHaveLength(0)
})
