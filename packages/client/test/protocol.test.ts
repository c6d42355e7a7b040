// @vitest-environment jsdom
// What the core decides for interfaces of somebody's own, as they ask for it.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import * as protocol from '../src/protocol.js'
import { rejection } from './support/session.js'

const LOGIN: protocol.NewLogin = {
  issuer: 'https://id.example',
  authorizationEndpoint: 'https://id.example/authorize',
  clientId: 'cards',
  redirectUri: 'https://app.example/back',
  scope: 'openid',
  returnTo: '/orders#7',
  state: 's-1',
  nonce: 'n-1',
  codeVerifier: 'v-1',
  codeChallenge: 'c-1',
}

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(() => void vi.useRealTimers())

describe('a sign-in', () => {
  test('is finished once, and only by those who began it', async () => {
    const url = new URL(
      await protocol.beginLogin('shop', { ...LOGIN, parameters: { audience: 'a' } }),
    )
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ state: 's-1', audience: 'a' })
    expect(protocol.isKnownLogin('shop', 's-1')).toBe(true)
    expect(protocol.isKnownLogin('other', 's-1')).toBe(false)
    const finish = (name: string, state: string): Promise<protocol.PendingLogin> =>
      protocol.finishLogin(name, state, undefined)
    expect((await rejection(finish('other', 's-1'))).code).toBe('state_missing')
    expect((await rejection(finish('shop', 's-9'))).code).toBe('state_mismatch')
    expect(await finish('shop', 's-1')).toEqual({
      redirectUri: 'https://app.example/back',
      returnTo: '/orders#7',
      nonce: 'n-1',
      codeVerifier: 'v-1',
    })
    expect((await rejection(finish('shop', 's-1'))).code).toBe('state_already_used')
  })

  test('is not finished by another issuer, nor after ten minutes', async () => {
    await protocol.beginLogin('shop', LOGIN)
    const evil = protocol.finishLogin('shop', 's-1', 'https://evil.example')
    expect(await rejection(evil)).toMatchObject({
      code: 'invalid_callback',
      detail: 'issuer_mismatch',
    })
    await protocol.beginLogin('shop', { ...LOGIN, state: 's-2' })
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 })
    const late = protocol.finishLogin('shop', 's-2', undefined)
    expect((await rejection(late)).code).toBe('state_expired')
  })

  test('does not set what Tenure sets', async () => {
    const begun = protocol.beginLogin('shop', { ...LOGIN, parameters: { state: 'mine' } })
    expect(await rejection(begun)).toMatchObject({ code: 'misconfigured', detail: 'state' })
    expect(protocol.isKnownLogin('shop', 's-1')).toBe(false)
  })
})

test.each<[Record<string, string>, protocol.CallbackAnswer]>([
  [
    { code: 'c', state: 's', more: 'a\0b' },
    { kind: 'code', code: 'c' },
  ],
  [{ error: 'access_denied' }, { kind: 'refusal', error: 'access_denied', temporary: false }],
  [
    { error: 'temporarily_unavailable' },
    { kind: 'refusal', error: 'temporarily_unavailable', temporary: true },
  ],
  [
    { code: 'c', error: 'server_error' },
    { kind: 'fault', fault: 'code_and_error' },
  ],
  [{ page: '2' }, { kind: 'fault', fault: 'not_a_callback' }],
])('the parameters %j of a redirect say what they are', async (parameters, answer) => {
  expect(await protocol.readCallback(parameters)).toEqual(answer)
})

test.each<[number | null, Record<string, unknown>, protocol.TokenResponse['kind']]>([
  [200, { access_token: 'at' }, 'tokens'],
  [200, {}, 'unavailable'],
  [null, {}, 'unavailable'],
  [400, { error: 'invalid_grant' }, 'refused'],
  [503, { error: 'invalid_grant' }, 'unavailable'],
  [400, { error: 'of_another_kind' }, 'unavailable'],
  [401, { error: 'invalid_client' }, 'misconfigured'],
])('a reply %j with %j means: %s', async (status, members, kind) => {
  expect((await protocol.readTokenResponse({ status, members })).kind).toBe(kind)
})

test('tokens are read as the issuer wrote them', async () => {
  const members = { access_token: 'at', expires_in: 300, refresh_token: 'rt', scope: 'a b' }
  expect(await protocol.readTokenResponse({ status: 200, members })).toEqual({
    kind: 'tokens',
    tokens: {
      accessToken: 'at',
      tokenType: 'Bearer',
      expiresIn: 300,
      refreshToken: 'rt',
      scope: 'a b',
    },
  })
})

test('a tab is sent to sign in three times in ten seconds, and after a success again', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const allowed = (): Promise<boolean> => protocol.allowRedirect('shop')
  for (let time = 0; time < 3; time += 1) expect(await allowed()).toBe(true)
  expect(await allowed()).toBe(false)
  expect(await protocol.allowRedirect('another shop')).toBe(true)
  protocol.forgetRedirects('shop')
  for (let time = 0; time < 3; time += 1) expect(await allowed()).toBe(true)
  vi.setSystemTime(Date.now() + 10_001)
  expect(await allowed()).toBe(true)
})

const NOW = Date.UTC(2026, 0, 1)
test.each<[string, Partial<protocol.TokenTimes>, boolean]>([
  ['a new one', {}, true],
  ['one that is due', { dueAt: NOW }, false],
  ['one of a minute after the clock was set back by 19 s', life(60, 19), true],
  ['one of a minute after the clock was set back by 21 s', life(60, 21), false],
  ['one of an hour after the clock was set back by 59 s', life(3600, 59), true],
  ['one of an hour after the clock was set back by 61 s', life(3600, 61), false],
  ['one whose end nobody told', { dueAt: null, expiresAt: null, obtainedAt: NOW + 1e9 }, true],
])('%s is fresh: %o %s', (_, times, expected) => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW })
  const usual = { obtainedAt: NOW, dueAt: NOW + 1, expiresAt: NOW + 2 }
  expect(protocol.isFresh({ ...usual, ...times })).toBe(expected)
})

/** The times of a token that came when the clock was ahead, with the margin that the core takes. */
function life(secs: number, ahead: number): protocol.TokenTimes {
  const obtainedAt = NOW + ahead * 1000
  const expiresAt = obtainedAt + secs * 1000
  return { obtainedAt, expiresAt, dueAt: expiresAt - Math.min(60_000, (secs * 1000) / 3) }
}
