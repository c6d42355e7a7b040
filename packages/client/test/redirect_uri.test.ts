// @vitest-environment jsdom
// Where a sign-in of a page comes back to. jsdom cannot leave; up to there everything is real.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { createSession, type Session, type SignInOptions } from '../src/index.js'
import { Issuer } from './support/issuer.js'

let issuer: Issuer
let session: Session
beforeEach(async () => void (issuer = await Issuer.start()))
afterEach(async () => {
  session.close()
  await issuer.stop()
  localStorage.clear()
  sessionStorage.clear()
})

/** The redirect address and the place to return to that the sign-in remembers. */
async function begun(redirectUri?: string, asked: SignInOptions = {}): Promise<string[]> {
  history.replaceState(null, '', '/orders/7?tab=items#last')
  session = createSession({
    issuer: issuer.url,
    clientId: 'cards',
    storage: 'memory',
    ...(redirectUri === undefined ? {} : { redirectUri }),
  })
  session.signIn(asked).catch(() => undefined)
  const records = (): string[] =>
    Object.keys({ ...localStorage }).filter((key) => /:login:/.test(key))
  await vi.waitFor(() => expect(records()).toHaveLength(1), 20_000)
  const record = JSON.parse(localStorage.getItem(records()[0] ?? '') ?? '[]') as string[]
  return record.filter((field) => field.includes('/') && field !== issuer.url)
}

test('by default it is the origin, whatever page one is on, and the page is remembered', async () => {
  expect(await begun()).toEqual([`${location.origin}/`, '/orders/7?tab=items#last'])
})

test('a path is one of this origin', async () => {
  expect(await begun('/shop/')).toEqual([`${location.origin}/shop/`, '/orders/7?tab=items#last'])
})

test('an address is taken as it is written, for it is compared so', async () => {
  expect(await begun('https://cards.example')).toContain('https://cards.example')
})

test('one for this sign-in alone wins', async () => {
  const own = { redirectUri: '/callback', returnTo: '/' }
  expect(await begun('/shop/', own)).toEqual([`${location.origin}/callback`, '/'])
})
