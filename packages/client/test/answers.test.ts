// What an issuer may answer, and what becomes of the session.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { Issuer, json, numbered, text, TOKENS } from './support/issuer.js'
import { expired, open, rejection } from './support/session.js'

let issuer: Issuer
beforeEach(async () => {
  issuer = await Issuer.start()
})
afterEach(() => issuer.stop())

test('a thousand callers of an expired session cause one token request', async () => {
  issuer.token = numbered()
  const session = await expired(issuer.url)
  const callers = Array.from({ length: 1000 }, () => session.accessToken())
  expect(new Set(await Promise.all(callers))).toEqual(new Set(['at-1']))
  expect(issuer.to('/token')).toHaveLength(1)
  expect(issuer.to('/token')[0]?.body).toContain('refresh_token=rt-old')
})

test('a refused token is replaced once, and a late refusal of it costs nothing', async () => {
  issuer.token = numbered()
  const session = open(issuer.url)
  await session.adopt({ accessToken: 'at-old', refreshToken: 'rt-old', expiresIn: 300 })
  const wanted = Array.from({ length: 50 }, () => session.accessToken({ rejected: 'at-old' }))
  expect(new Set(await Promise.all(wanted))).toEqual(new Set(['at-1']))
  expect(await session.accessToken({ rejected: 'at-old' })).toBe('at-1')
  expect(await session.accessToken({ rejected: 'never seen' })).toBe('at-1')
  expect(issuer.to('/token')).toHaveLength(1)
})

describe('a life that is', () => {
  test.each([
    ['missing', undefined, null],
    ['a text', '120', 120_000],
    ['a text that is no number', 'soon', null],
    ['a year', 31_536_000, 31_536_000_000],
    ['longer than anybody lives', 1e300, 3.2e12],
    ['a fraction', 90.5, 90_500],
    ['null', null, null],
    ['true', true, null],
  ])('%s is understood', async (_, expires_in, life) => {
    issuer.token = json(200, { ...TOKENS, expires_in })
    const session = await expired(issuer.url)
    expect(await session.accessToken()).toBe('at-new')
    const shown = session.snapshot()
    if (shown.status !== 'signed_in') throw new Error(shown.status)
    const until = shown.expiresAt === null ? null : shown.expiresAt - shown.obtainedAt
    // The server tells the time in whole seconds, which counts as skew.
    if (life === null) expect(until).toBeNull()
    else expect(Math.abs((until ?? 0) - life)).toBeLessThan(2_000)
    expect(await session.accessToken()).toBe('at-new')
    expect(issuer.to('/token')).toHaveLength(1)
  })

  test.each([
    ['zero', 0],
    ['negative', -5],
  ])('%s is over at once: every call asks, none loops', async (_, expires_in) => {
    issuer.token = numbered({ expires_in })
    const session = await expired(issuer.url)
    expect(await session.accessToken()).toBe('at-1')
    expect(await session.accessToken()).toBe('at-2')
    expect(issuer.to('/token')).toHaveLength(2)
  })
})

test('a token of a year is not renewed before its time', async () => {
  const timers = vi.spyOn(globalThis, 'setTimeout')
  try {
    issuer.token = numbered({ expires_in: 31_536_000 })
    const session = await expired(issuer.url, { renewal: 'proactive' })
    expect(await session.accessToken()).toBe('at-1')
    await new Promise((resolve) => setImmediate(resolve))
    // A timer that is longer than it can count runs out at once, again and again.
    const delays = timers.mock.calls.map(([, delay = 0]) => delay)
    expect(Math.max(...delays)).toBeLessThan(2 ** 31)
    expect(issuer.to('/token')).toHaveLength(1)
  } finally {
    timers.mockRestore()
  }
})

describe('the session stays after', () => {
  const big = JSON.stringify({ ...TOKENS, filling: 'x'.repeat(10 * 1024 * 1024) })
  test.each([
    ['200 with HTML', text(200, '<!doctype html>', { 'content-type': 'text/html' }), 'malformed'],
    ['truncated JSON', text(200, '{"access_token":"at'), 'malformed'],
    ['JSON that is no object', text(200, '["at"]'), 'malformed'],
    ['a token that is no text', json(200, { ...TOKENS, access_token: 7 }), 'malformed'],
    ['a token with a NUL', json(200, { ...TOKENS, access_token: 'a\0b' }), 'network'],
    ['10 MB', text(200, big), 'malformed'],
    ['503', text(503, 'down'), 'overloaded'],
    ['500 with invalid_grant', json(500, { error: 'invalid_grant' }), 'overloaded'],
    ['a redirect', text(302, '', { location: '/elsewhere' }), 'network'],
    [
      'a connection that is cut',
      (_: unknown, { socket }: { socket: { destroy(): void } | null }) => socket?.destroy(),
      'network',
    ],
  ] as const)('%s', async (_, answer, detail) => {
    issuer.token = answer as typeof issuer.token
    const session = await expired(issuer.url)
    const error = await rejection(session.accessToken())
    expect(error).toMatchObject({ code: 'unavailable', detail, temporary: true })
    expect(error.retryAfter).toBeGreaterThan(0)
    expect(session.snapshot().status).toBe('signed_in')
  })

  test('429, which says when to ask again', async () => {
    issuer.token = text(429, '', { 'retry-after': '7' })
    const session = await expired(issuer.url)
    const error = await rejection(session.accessToken())
    expect(error).toMatchObject({ code: 'unavailable', detail: 'overloaded', retryAfter: 7000 })
    // Until then nobody asks.
    expect((await rejection(session.accessToken())).retryAfter).toBeLessThanOrEqual(7000)
    expect(issuer.to('/token')).toHaveLength(1)
  })

  test('an issuer that cannot be reached', async () => {
    const gone = await Issuer.start()
    await gone.stop().catch(() => undefined)
    const session = await expired('http://127.0.0.1:1')
    expect(await rejection(session.accessToken())).toMatchObject({ code: 'unavailable' })
    expect(session.snapshot().status).toBe('signed_in')
  })

  test('a client that is not accepted', async () => {
    issuer.token = json(401, { error: 'invalid_client' })
    const session = await expired(issuer.url)
    expect(await rejection(session.accessToken())).toMatchObject({ code: 'misconfigured' })
    expect(session.snapshot().status).toBe('signed_in')
  })

  test('a discovery document of another issuer', async () => {
    issuer.metadata = { issuer: 'https://evil.example' }
    const session = await expired(issuer.url)
    expect(await rejection(session.accessToken())).toMatchObject({ code: 'misconfigured' })
    expect(issuer.to('/token')).toHaveLength(0)
  })
})

test('invalid_grant ends the session and says why', async () => {
  issuer.token = json(400, { error: 'invalid_grant' })
  const session = await expired(issuer.url)
  const ended: unknown[] = []
  session.on('signedOut', (event) => ended.push(event))
  const error = await rejection(session.accessToken())
  expect(error).toMatchObject({ code: 'signed_out', reason: 'refused', temporary: false })
  expect(session.snapshot()).toEqual({ status: 'signed_out', reason: 'refused' })
  expect(ended).toEqual([{ reason: 'refused' }])
})

test('an ID token that nobody checked is not taken from a refresh', async () => {
  issuer.token = json(200, { ...TOKENS, id_token: 'x.eyJzdWIiOiJldmUifQ.x' })
  const session = await expired(issuer.url)
  await session.accessToken()
  expect(session.identity).toBeNull()
})

test('a callback that brings tokens is asked instead of the issuer', async () => {
  let calls = 0
  const getTokens = async () => ({ accessToken: `own-${++calls}`, expiresIn: 300 })
  const session = open(issuer.url, { source: 'callback', getTokens })
  const callers = Array.from({ length: 20 }, () => session.accessToken())
  expect(new Set(await Promise.all(callers))).toEqual(new Set(['own-1']))
  expect(issuer.asked).toHaveLength(0)
})

test('a callback that fails is an outage, and the session goes on', async () => {
  let fails = true
  const getTokens = async () => {
    if (fails) throw new Error('not now')
    return { accessToken: 'own', expiresIn: 300 }
  }
  const session = open(issuer.url, { source: 'callback', getTokens })
  const error = await rejection(session.accessToken())
  expect(error).toMatchObject({ code: 'unavailable', temporary: true })
  fails = false
  await expect.poll(() => session.accessToken().catch(() => null), { timeout: 30_000 }).toBe('own')
})

test('waiting for a token can be given up, and the refresh goes on', async () => {
  let answer = (): void => undefined
  const asked = new Promise<void>((resolve) => {
    issuer.token = async (asked, response) => {
      resolve()
      await new Promise<void>((done) => (answer = done))
      await numbered()(asked, response)
    }
  })
  const session = await expired(issuer.url)
  const giveUp = new AbortController()
  const one = session.accessToken({ signal: giveUp.signal })
  const other = session.accessToken()
  await asked
  giveUp.abort(new Error('enough'))
  await expect(one).rejects.toThrow('enough')
  answer()
  expect(await other).toBe('at-1')
  expect(issuer.to('/token')).toHaveLength(1)
})

test('an issuer that says 409 is asked again, and ends no session', async () => {
  const superseded = json(409, { error: 'refresh_token_superseded' }, { 'retry-after': '1' })
  issuer.token = superseded
  const session = await expired(issuer.url)
  expect((await rejection(session.accessToken())).code).toBe('unavailable')
  expect(session.snapshot().status).toBe('signed_in')
  let times = 0
  issuer.token = (asked, response) => {
    times += 1
    return (times === 1 ? superseded : json(200, TOKENS))(asked, response)
  }
  // The pause after a failure is the session's own affair.
  const served = async (): Promise<void> => expect(await session.accessToken()).toBe('at-new')
  await vi.waitFor(served, { timeout: 30_000 })
  expect(times).toBe(2)
})
