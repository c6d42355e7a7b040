// What a program sees of a session, in Node: there is no page here, and no storage of one.

import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect, promisify } from 'node:util'

import { build } from 'esbuild'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { Snapshot } from '../src/index.js'
import { Issuer, json, numbered, TOKENS } from './support/issuer.js'
import { expired, open, rejection } from './support/session.js'

let issuer: Issuer
beforeEach(async () => {
  issuer = await Issuer.start()
})
afterEach(() => issuer.stop())

test('is loading at first, then says that nobody is signed in', async () => {
  const session = open(issuer.url)
  expect(session.snapshot()).toEqual({ status: 'loading' })
  expect(session.identity).toBeNull()
  expect(await session.ready()).toEqual({ status: 'signed_out', reason: 'never_signed_in' })
  expect(await rejection(session.accessToken())).toMatchObject({
    code: 'signed_out',
    reason: 'never_signed_in',
  })
  expect(issuer.asked).toHaveLength(0)
})

test('is the same object until something changed', async () => {
  issuer.token = numbered()
  const session = open(issuer.url)
  const seen: Snapshot[] = []
  session.subscribe(() => seen.push(session.snapshot()))
  await session.ready()
  const out = session.snapshot()
  expect(session.snapshot()).toBe(out)
  await rejection(session.accessToken())
  expect(session.snapshot()).toBe(out)
  await session.adopt({ accessToken: 'at', refreshToken: 'rt', expiresIn: 300 }, { sub: 'ada' })
  const signedIn = session.snapshot()
  expect(signedIn).toMatchObject({ status: 'signed_in', identity: { sub: 'ada' } })
  await session.accessToken()
  await session.ready()
  expect(session.snapshot()).toBe(signedIn)
  const { identity } = session
  await session.accessToken({ rejected: 'at' })
  expect(session.snapshot()).not.toBe(signedIn)
  expect(session.identity).toBe(identity)
  expect(seen).toEqual([out, signedIn, session.snapshot()])
  expect(seen.every((snapshot) => Object.isFrozen(snapshot))).toBe(true)
})

test('tells each subscriber until it unsubscribes', async () => {
  const session = open(issuer.url)
  let calls = 0
  const listener = (): void => void calls++
  const [one, two] = [session.subscribe(listener), session.subscribe(listener)]
  await session.ready()
  expect(calls).toBe(2)
  one()
  one()
  await session.adopt({ accessToken: 'at', expiresIn: 300 })
  expect(calls).toBe(3)
  two()
  await session.signOut()
  expect(calls).toBe(3)
})

test('a subscriber may call the session back', async () => {
  const session = open(issuer.url)
  const seen: string[] = []
  session.subscribe(() => {
    seen.push(session.snapshot().status)
    if (session.snapshot().status === 'signed_in') void session.signOut()
  })
  await session.adopt({ accessToken: 'at', expiresIn: 300 })
  await expect.poll(() => seen.at(-1)).toBe('signed_out')
  expect(seen).toEqual(['signed_out', 'signed_in', 'signed_out'])
})

test('events tell what happened, in order', async () => {
  issuer.token = numbered()
  const session = open(issuer.url)
  const seen: unknown[] = []
  for (const name of ['signedIn', 'refreshed', 'userChanged', 'signedOut'] as const) {
    session.on(name, (event) => seen.push([name, event]))
  }
  await session.adopt({ accessToken: 'at', refreshToken: 'rt', expiresIn: 0 }, { sub: 'ada' })
  await session.accessToken()
  await session.adopt({ accessToken: 'at', expiresIn: 300 }, { sub: 'bob' })
  await session.signOut()
  expect(seen).toEqual([
    ['signedIn', { identity: { sub: 'ada' } }],
    ['refreshed', {}],
    ['userChanged', { identity: { sub: 'bob' } }],
    ['signedOut', { reason: 'user' }],
  ])
})

test('a sign-out wins over a refresh in flight, whose token is revoked', async () => {
  let answer = (): void => undefined
  const asked = new Promise<void>((resolve) => {
    issuer.token = async (request, response) => {
      resolve()
      await new Promise<void>((done) => (answer = done))
      await json(200, TOKENS)(request, response)
    }
  })
  const session = await expired(issuer.url)
  const waiting = rejection(session.accessToken())
  await asked
  await session.signOut()
  answer()
  expect(await waiting).toMatchObject({ code: 'signed_out', reason: 'user' })
  await expect
    .poll(() => issuer.to('/revoke').map(({ body }) => new URLSearchParams(body).get('token')))
    .toEqual(expect.arrayContaining(['rt-old', 'rt-new']))
  expect(session.snapshot()).toEqual({ status: 'signed_out', reason: 'user' })
})

test('what is wrong with tokens handed in is told', async () => {
  const session = open(issuer.url)
  await expect(session.adopt({ accessToken: '' })).rejects.toBeInstanceOf(TypeError)
  await expect(session.adopt({ accessToken: 'a\0b' })).rejects.toBeInstanceOf(TypeError)
  await expect(session.adopt({ accessToken: 'a', expiresIn: NaN })).rejects.toBeInstanceOf(
    TypeError,
  )
  await session.adopt({ accessToken: 'a', expiresIn: 300 })
  expect(await session.accessToken()).toBe('a')
})

describe('after it was closed', () => {
  test('whoever waits and whoever asks is told', async () => {
    issuer.token = () => undefined
    const session = await expired(issuer.url)
    const waiting = rejection(session.accessToken())
    session.close()
    session.close()
    expect(await waiting).toMatchObject({ code: 'closed' })
    expect(await rejection(session.accessToken())).toMatchObject({ code: 'closed' })
    expect(await rejection(session.signOut())).toMatchObject({ code: 'closed' })
    session.active()
  })

  test('before it began, nothing hangs', async () => {
    const session = open(issuer.url)
    session.close()
    expect(await session.ready()).toEqual({ status: 'loading' })
    expect(await rejection(session.accessToken())).toMatchObject({ code: 'closed' })
  })
})

describe('without a page', () => {
  test('a sign-in says that it needs one, and there is no callback', async () => {
    const session = open(issuer.url)
    expect(await rejection(session.signIn())).toMatchObject({ code: 'misconfigured' })
    expect(await rejection(session.signIn({ mode: 'popup' }))).toMatchObject({
      code: 'misconfigured',
    })
    expect(await session.handleCallback()).toBeNull()
    expect(await session.handleCallback('http://localhost/?page=2')).toBeNull()
    const foreign = session.handleCallback('http://localhost/?code=x&state=y')
    expect(session.handleCallback('http://localhost/?code=x&state=y')).toBe(foreign)
    expect(await rejection(foreign)).toMatchObject({ code: 'state_missing' })
  })

  test('a storage of pages is told to be missing, and memory takes its place', async () => {
    for (const storage of ['localStorage', 'sessionStorage', 'indexedDB', 'cookie'] as const) {
      const session = open(issuer.url, { storage })
      const told = new Promise((resolve) => session.on('storageUnavailable', resolve))
      await session.adopt({ accessToken: 'at', expiresIn: 300 })
      expect(await session.accessToken()).toBe('at')
      expect(await told).toHaveProperty('error')
    }
  })
})

test('neither an import nor an open session keeps a program running', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tenure-exit-'))
  try {
    const entry = new URL('../src/index.ts', import.meta.url).pathname
    const program = `
      import { createSession } from ${JSON.stringify(entry)}
      const names = Object.getOwnPropertyNames(globalThis).length
      const session = createSession({ issuer: '${issuer.url}', clientId: 'cards' })
      await session.adopt({ accessToken: 'at', refreshToken: 'rt', expiresIn: 3600 })
      console.log(await session.accessToken(), session.snapshot().status, names === Object.getOwnPropertyNames(globalThis).length)`
    const { outputFiles } = await build({
      stdin: { contents: program, resolveDir: folder, loader: 'ts' },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
    })
    const file = join(folder, 'program.mjs')
    await writeFile(file, outputFiles[0]?.contents ?? '')
    // The time limit ends a program that would not end by itself, with an error.
    const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 30_000 })
    expect(stdout.trim()).toBe('at signed_in true')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('no secret is in what a session or an error shows', async () => {
  issuer.token = json(400, { error: 'invalid_request', error_description: 'rt-secret at-secret' })
  const session = open(issuer.url, { clientSecret: 'client-secret' })
  const tokens = { accessToken: 'at-secret', refreshToken: 'rt-secret', idToken: 'id.secret.x' }
  await session.adopt({ ...tokens, expiresIn: 0 })
  const error = await rejection(session.accessToken())
  const wrong = await session.adopt({ ...tokens, accessToken: 'at-secret\0' }).catch(String)
  const shown = [
    ...[session, error, session.snapshot()].map((it) =>
      inspect(it, { depth: 9, showHidden: true }),
    ),
    ...[session, error, session.snapshot()].map((it) => JSON.stringify(it)),
    String(error),
    String(error.stack),
    String(wrong),
  ].join('\n')
  expect(shown).toContain('misconfigured')
  expect(shown).not.toContain('secret')
})

test('a session survives the proxies of frameworks', async () => {
  const session = open(issuer.url)
  await session.adopt({ accessToken: 'at', expiresIn: 300 })
  const { accessToken, snapshot } = session
  expect(await accessToken()).toBe('at')
  expect(snapshot().status).toBe('signed_in')
  // What cannot be extended is left alone by the proxies of Vue and its like.
  expect(Object.isExtensible(session)).toBe(false)
})
