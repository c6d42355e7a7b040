import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'

import { go, openApp, signIn } from './support/app.js'
import { startBrowser } from './support/browser.js'
import { startTenure } from './support/server.js'
import { startSite } from './support/site.js'

let tenure, site, browser, page
before(async () => {
  tenure = await startTenure()
  site = await startSite('plain.js')
})
beforeEach(async () => {
  browser = await startBrowser()
  page = await openApp(browser.context, site, { issuer: tenure.url, clientId: 'demo-spa' })
})
afterEach(() => browser.close())
after(async () => {
  await site?.stop()
  await tenure?.stop()
})

/** What the page says of this answer of an issuer. */
async function answer(query) {
  await go(page, `${site.url}/callback?${new URLSearchParams(query)}`)
  return page.evaluate(() => callback)
}

/** Begins a sign-in and stays here; gives the address the page would have gone to. */
async function begin() {
  await page.route(`${tenure.url}/oauth2/authorize*`, (route) => route.abort())
  const leaving = page.waitForRequest(`${tenure.url}/oauth2/authorize*`)
  await page.evaluate(() => void session.signIn())
  const address = new URL((await leaving).url())
  await page.unroute(`${tenure.url}/oauth2/authorize*`)
  return address.searchParams
}

async function canSignIn() {
  await go(page, site.url)
  const { value } = await signIn(page)
  assert.equal(value.identity.preferred_username, 'demo')
}

test('an answer without a state is state_missing', async () => {
  await begin()
  assert.equal((await answer({ code: 'x' })).code, 'state_missing')
  await canSignIn()
})

test('an answer with a state from elsewhere is state_mismatch and leaves the sign-in alone', async () => {
  const begun = await begin()
  assert.equal((await answer({ code: 'x', state: 'foreign' })).code, 'state_mismatch')
  const own = await answer({ error: 'access_denied', state: begun.get('state'), iss: tenure.url })
  assert.equal(own.code, 'refused')
  await canSignIn()
})

test('an answer that comes too late is state_expired', async () => {
  await page.clock.install()
  await go(page, site.url)
  const begun = await begin()
  await page.clock.fastForward('02:00:00')
  const late = await answer({ code: 'x', state: begun.get('state'), iss: tenure.url })
  assert.equal(late.code, 'state_expired')
  await page.clock.setSystemTime(Date.now())
  await canSignIn()
})

test('an answer that comes again is state_already_used and the session stays', async () => {
  const seen = []
  page.on('request', (request) => {
    if (request.isNavigationRequest() && request.url().includes('code=')) seen.push(request.url())
  })
  await signIn(page)
  await go(page, seen[0])
  assert.equal((await page.evaluate(() => callback)).code, 'state_already_used')
  assert.equal(await page.evaluate(() => session.snapshot().status), 'signed_in')
})

test('two calls for one answer sign in once', async () => {
  let asked = 0
  page.on('request', (request) => {
    if (request.url() === `${tenure.url}/token` && request.method() === 'POST') asked += 1
  })
  await page.addInitScript(() => {
    globalThis.addEventListener('DOMContentLoaded', () => {
      if (location.pathname !== '/callback') return
      const address = location.href
      globalThis.both = () => Promise.all([session.handleCallback(address), session.handleCallback(address)])
      globalThis.again = both().then(([one, other]) => one.returnTo === other.returnTo)
    })
  })
  const { value } = await signIn(page)
  assert.equal(value.identity.preferred_username, 'demo')
  assert.equal(await page.evaluate(() => again), true)
  assert.equal(asked, 1)
})

test('a person who says no is told so, and can think again', async () => {
  const begun = await begin()
  const { code, detail } = await answer({
    error: 'access_denied',
    error_description: 'not now',
    state: begun.get('state'),
    iss: tenure.url,
  })
  assert.deepEqual({ code, detail }, { code: 'refused', detail: 'access_denied' })
  assert.equal(await page.evaluate(() => location.search), '')
  await canSignIn()
})

test('an answer of another issuer is not taken', async () => {
  const begun = await begin()
  const mixed = await answer({ code: 'x', state: begun.get('state'), iss: 'http://127.0.0.1:1' })
  assert.deepEqual({ code: mixed.code, detail: mixed.detail }, { code: 'invalid_callback', detail: 'issuer_mismatch' })
  await canSignIn()
})

test('an answer that does not name its issuer is not taken from one that always does', async () => {
  // RFC 9207 §2.4.
  const begun = await begin()
  const bare = await answer({ code: 'x', state: begun.get('state') })
  assert.deepEqual({ code: bare.code, detail: bare.detail }, { code: 'invalid_callback', detail: 'issuer_missing' })
  await canSignIn()
})

test('a fourth redirect within ten seconds is not begun', async () => {
  // So that a slow machine is as quick as the loop.
  await page.clock.install()
  await go(page, site.url)
  await page.clock.pauseAt(Date.now() + 60_000)
  for (let redirect = 0; redirect < 3; redirect += 1) {
    const begun = await begin()
    await answer({ error: 'login_required', state: begun.get('state'), iss: tenure.url })
  }
  const outcome = await page.evaluate(() => outcome(session.signIn()))
  assert.equal(outcome.code, 'redirect_loop')
  await page.clock.resume()
  await page.clock.fastForward('00:11')
  await canSignIn()
})

test('a page that looks like another host is not returned to', async () => {
  await go(page, `${site.url}//evil.example/phish?x=1`)
  const { value } = await signIn(page)
  assert.equal(value.identity.preferred_username, 'demo')
  assert.equal(value.returnTo, '/')
  assert.equal(await page.evaluate((place) => new URL(place, location.href).href, value.returnTo), `${site.url}/`)
})

test('a link with a NUL in it is no callback and no error', async () => {
  for (const link of ['/callback?q=%00', '/callback#a=%00', '/callback?code=%00', '/callback?q=%00code%00x']) {
    await go(page, site.url + link)
    assert.deepEqual(await page.evaluate(() => callback), { value: null }, link)
  }
  await canSignIn()
})
