// A clock that is set back: what hands a token out by itself says the same as the core.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { Issuer } from './support/issuer.js'
import { open } from './support/session.js'

let issuer: Issuer
beforeEach(async () => {
  issuer = await Issuer.start()
})
afterEach(async () => {
  vi.useRealTimers()
  await issuer.stop()
})

test.each([
  // The margin is a third of a short life, and a minute of a long one.
  [60, 19, 0],
  [60, 21, 1],
  [3600, 59, 0],
  [3600, 61, 1],
])('a token of %d s, and a clock set back by %d s: %d requests', async (life, back, requests) => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const session = open(issuer.url)
  await session.adopt({ accessToken: 'at-old', refreshToken: 'rt-old', expiresIn: life })
  vi.setSystemTime(Date.now() - back * 1000)
  expect(await session.accessToken()).toBe(requests === 0 ? 'at-old' : 'at-new')
  expect(await session.accessToken()).toBe(requests === 0 ? 'at-old' : 'at-new')
  expect(issuer.to('/token')).toHaveLength(requests)
})
