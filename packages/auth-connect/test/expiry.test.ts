import { afterEach, expect, test, vi } from 'vitest'
import { AuthConnect, type AuthResult } from '../src/index.js'

afterEach(() => {
  vi.useRealTimers()
})

const NOW = Date.UTC(2026, 0, 1)

function result(more: Partial<AuthResult>): AuthResult {
  return {
    accessToken: 'opaque',
    receivedAt: NOW,
    tokenType: 'Bearer',
    state: {},
    rawResult: '{}',
    config: { platform: 'web' },
    provider: {
      authorizeUrl: '',
      config: { url: '' },
      manifest: {},
      options: {
        clientId: '',
        discoveryUrl: '',
        redirectUri: '',
        logoutUrl: '',
        scope: '',
        audience: '',
      },
    },
    ...more,
  }
}

function jwt(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none' })}.${part(claims)}.x`
}

function at(millis: number): void {
  vi.useFakeTimers({ now: NOW + millis })
}

test.each([
  [0, false],
  [59_999, false],
  [60_000, true],
  [8 * 3600_000, true],
  // The clock was set back by a day: nothing is known about the token's age.
  [-24 * 3600_000, true],
  [-30_000, false],
])('after %d ms a token of a minute is expired: %s', async (millis, expected) => {
  at(millis)
  expect(await AuthConnect.isAccessTokenExpired(result({ expiresIn: 60 }))).toBe(expected)
})

test('a token counts as ending soon for exactly as long as is asked', async () => {
  const auth = result({ expiresIn: 60 })
  for (let millis = 0; millis <= 70_000; millis += 1_000) {
    at(millis)
    const soon = await AuthConnect.expiringWithin(auth, 5_000)
    expect(soon).toBe(millis >= 55_000)
    if (await AuthConnect.isAccessTokenExpired(auth)) expect(soon).toBe(true)
    expect(await AuthConnect.getAccessTokenExpiration(auth)).toBe(60_000 - millis)
  }
})

test('a life of a year does not overflow', async () => {
  at(364 * 86_400_000)
  const auth = result({ expiresIn: 365 * 86_400 })
  expect(await AuthConnect.isAccessTokenExpired(auth)).toBe(false)
})

test('where the provider does not say how long, the token itself does', async () => {
  const iat = NOW / 1000 + 3600
  // Its clock is an hour ahead of this one.
  const auth = result({ accessToken: jwt({ iat, exp: iat + 60 }) })
  at(59_000)
  expect(await AuthConnect.isAccessTokenExpired(auth)).toBe(false)
  at(60_000)
  expect(await AuthConnect.isAccessTokenExpired(auth)).toBe(true)
  const onlyEnd = result({ accessToken: jwt({ exp: NOW / 1000 + 60 }) })
  expect(await AuthConnect.isAccessTokenExpired(onlyEnd)).toBe(true)
})

test('where nobody says how long, the application decides', async () => {
  const auth = result({})
  expect(await AuthConnect.getAccessTokenExpiration(auth)).toBeUndefined()
  await AuthConnect.setup({ platform: 'web' })
  expect(await AuthConnect.isAccessTokenExpired(auth)).toBe(false)
  await AuthConnect.setup({ platform: 'web', tenure: { unknownExpiry: 'expired' } })
  expect(await AuthConnect.isAccessTokenExpired(auth)).toBe(true)
})
