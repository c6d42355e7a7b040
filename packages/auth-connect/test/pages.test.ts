// @vitest-environment jsdom

import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { AuthResult } from '../src/index.js'
import { startIssuer, type Issuer } from './issuer.js'

let issuer: Issuer
beforeAll(async () => {
  issuer = await startIssuer()
})
afterAll(() => issuer.stop())

/** The package as another page of this origin has it: with a memory of its own. */
async function page() {
  vi.resetModules()
  const [{ AuthConnect }, { PlainProvider, signIn }] = await Promise.all([
    import('../src/index.js'),
    import('./sign_in.js'),
  ])
  const provider = new PlainProvider()
  await AuthConnect.setup({
    platform: 'web',
    logLevel: 'NONE',
    web: { uiMode: 'current', authFlow: 'PKCE' },
  })
  return {
    signIn: () => signIn(provider, issuer),
    refresh: (auth: AuthResult) => AuthConnect.refreshSession(provider, auth),
    isExpired: (auth: AuthResult) => AuthConnect.isAccessTokenExpired(auth),
    logout: (auth: AuthResult) => AuthConnect.logout(provider, auth),
  }
}

test('a page that comes later asks the others for what came of its result', async () => {
  const one = await page()
  const first = await one.signIn()
  const second = await one.refresh(first)
  const before = issuer.forms.length
  const other = await page()
  expect(await other.refresh(first)).toEqual(second)
  expect(issuer.forms.length).toBe(before)
})

test('a page that is open hears of a refresh, and of each one after it', async () => {
  const [one, other] = [await page(), await page()]
  const first = await one.signIn()
  await other.isExpired(first)
  const third = await one.refresh(await one.refresh(first))
  const before = issuer.forms.length
  expect((await other.refresh(first)).accessToken).toBe(third.accessToken)
  expect(issuer.forms.length).toBe(before)
})

test('nothing but a number is written down', async () => {
  const one = await page()
  const second = await one.refresh(await one.signIn())
  const written = JSON.stringify({ ...localStorage })
  for (const secret of [second.accessToken, second.refreshToken, second.idToken]) {
    expect(written).not.toContain(secret)
  }
  expect(written).toContain(`tenure:auth-connect:newest:${second.state['tenure_login']}`)
})

test('a sign-out on one page ends the sign-in on the others, and its note', async () => {
  const [one, other] = [await page(), await page()]
  const first = await one.signIn()
  const second = await one.refresh(first)
  await other.refresh(first)
  const left = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  await one.logout(second)
  left.mockRestore()
  await vi.waitFor(() =>
    expect(other.refresh(second)).rejects.toMatchObject({ code: 'signed_out' }),
  )
  expect(JSON.stringify({ ...localStorage })).not.toContain(second.state['tenure_login'])
})
