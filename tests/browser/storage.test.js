import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'

import { expire, go, openApp, signIn } from './support/app.js'
import { startBrowser } from './support/browser.js'
import { until } from './support/processes.js'
import { startTenure } from './support/server.js'
import { startSite } from './support/site.js'

let tenure, site, browser
before(async () => {
  tenure = await startTenure({ accessTokenTtl: 5 })
  site = await startSite('plain.js')
})
beforeEach(async () => {
  browser = await startBrowser()
})
afterEach(() => browser.close())
after(async () => {
  await site?.stop()
  await tenure?.stop()
})

const open = (more, path) =>
  openApp(
    browser.context,
    site,
    { issuer: tenure.url, clientId: 'demo-spa', renewal: 'on_demand', ...more },
    path,
  )
const status = (page) => page.evaluate(async () => (await session.ready()).status)
const token = (page) => page.evaluate(() => outcome(session.accessToken()))

for (const storage of ['localStorage', 'sessionStorage', 'indexedDB', 'cookie']) {
  test(`a session in ${storage} is there after a reload and is refreshed`, async () => {
    const page = await open({ storage })
    await signIn(page)
    await go(page, site.url)
    assert.equal(await status(page), 'signed_in')
    const before = await token(page)
    await expire(page)
    const after = await token(page)
    assert.equal(typeof after.value, 'string')
    assert.notEqual(after.value, before.value)
    await page.evaluate(() => session.signOut())
    await go(page, site.url)
    assert.equal(await status(page), 'signed_out')
  })
}

for (const storage of ['localStorage', 'indexedDB', 'cookie']) {
  test(`two tabs with ${storage} refresh once and sign out together`, async () => {
    const one = await open({ storage })
    await signIn(one)
    const other = await open({ storage })
    assert.equal(await status(other), 'signed_in')
    await expire(one)
    const before = await tenure.refreshes()
    const [first, second] = await Promise.all([token(one), token(other)])
    assert.equal(first.value, second.value)
    assert.deepEqual(await tenure.refreshes(), { ...before, rotated: before.rotated + 1 })
    await one.evaluate(() => session.signOut())
    await until(
      () => other.evaluate(() => session.snapshot().status),
      (status) => status === 'signed_out',
    )
  })
}

test('a session in memory ends with the page', async () => {
  const page = await open({ storage: 'memory' })
  await signIn(page)
  assert.equal(typeof (await token(page)).value, 'string')
  await go(page, site.url)
  assert.equal(await status(page), 'signed_out')
})

test('where storage is blocked the session lives in memory and says so', async () => {
  const page = await browser.context.newPage()
  await page.addInitScript((settings) => {
    Object.defineProperty(globalThis, 'localStorage', {
      get() {
        throw new DOMException('blocked', 'SecurityError')
      },
    })
    if (location.pathname !== '/blank') sessionStorage.setItem('settings', settings)
  }, JSON.stringify({ issuer: tenure.url, clientId: 'demo-spa' }))
  await go(page, site.url)
  assert.equal(await status(page), 'signed_out')
  const happened = await page.evaluate(() => happened)
  assert.deepEqual(
    happened.map(({ name }) => name),
    ['storageUnavailable'],
  )
  const { value } = await signIn(page)
  assert.equal(value.identity.preferred_username, 'demo')
  assert.equal(typeof (await token(page)).value, 'string')
})

test('when storage is full a refresh hands out nothing that is not stored, and goes on later', async () => {
  const page = await open()
  await signIn(page)
  await expire(page)
  await page.evaluate(() => {
    let text = 'x'.repeat(1 << 20)
    for (let number = 0; text.length > 0; ) {
      try {
        localStorage.setItem(`filler ${number}`, text)
        number += 1
      } catch {
        text = text.slice(0, text.length >> 1)
      }
    }
  })
  // A stored token set is as long as the one before: it is made longer than that.
  await page.route('**/token', async (route) => {
    const response = await route.fetch()
    const body = await response.json()
    await route.fulfill({ response, json: { ...body, scope: `openid ${'y'.repeat(4000)}` } })
  })
  const full = await token(page)
  assert.deepEqual({ code: full.code, temporary: full.temporary }, { code: 'storage', temporary: true })
  assert.equal(await status(page), 'signed_in')
  await page.evaluate(() => {
    for (const key of Object.keys(localStorage)) if (key.startsWith('filler')) localStorage.removeItem(key)
  })
  await page.unroute('**/token')
  const { value } = await until(
    () => token(page),
    ({ code }) => code !== 'storage',
  )
  assert.equal(typeof value, 'string')
  assert.equal((await tenure.refreshes()).reused, 0)
})

test('storage that a person clears during a sign-in costs them only that sign-in', async () => {
  const page = await open()
  await page.evaluate(() => void session.signIn())
  await page.waitForURL(/login/)
  const other = await browser.context.newPage()
  await other.goto(`${site.url}/blank`)
  const settings = await other.evaluate(() => {
    const settings = localStorage.getItem('settings')
    localStorage.clear()
    localStorage.setItem('settings', settings)
    return settings
  })
  assert.notEqual(settings, null)
  await page.fill('input[name=username]', 'demo')
  await page.fill('input[name=password]', 'correct horse battery staple')
  await page.press('input[name=password]', 'Enter')
  await page.waitForURL(/\/callback/)
  await page.waitForFunction('globalThis.loaded')
  const { code } = await page.evaluate(() => callback)
  assert.match(code, /^state_(missing|mismatch)$/)
  await go(page, site.url)
  const { value } = await signIn(page)
  assert.equal(value.identity.preferred_username, 'demo')
})

test('a session whose storage is cleared ends everywhere, without an error', async () => {
  const page = await open()
  await signIn(page)
  const other = await open()
  assert.equal(await status(other), 'signed_in')
  await page.evaluate(() => localStorage.clear())
  await until(
    () => other.evaluate(() => session.snapshot().status),
    (status) => status === 'signed_out',
  )
  // No event tells a page of its own doing: it sees it when its token is due.
  await expire(page)
  assert.equal((await token(page)).code, 'signed_out')
})

for (const [what, spoil] of [
  ['corrupt', () => '{"tenure":1,"gener'],
  ['newer', (text) => JSON.stringify({ ...JSON.parse(text), tenure: 99 })],
  ['foreign', () => 'hello'],
]) {
  test(`a ${what} stored value is reported and left alone`, async () => {
    const page = await open()
    await signIn(page)
    const key = await page.evaluate(() =>
      Object.keys(localStorage).find((key) => localStorage.getItem(key).includes('"tenure"')),
    )
    const text = await page.evaluate((key) => localStorage.getItem(key), key)
    const spoilt = spoil(text)
    await page.evaluate(([key, text]) => localStorage.setItem(key, text), [key, spoilt])
    await go(page, site.url)
    const { code } = await token(page)
    assert.equal(code, what === 'newer' ? 'storage_newer' : 'storage_damaged')
    assert.equal(await page.evaluate(async () => (await outcome(session.ready())).code), code)
    assert.equal(await page.evaluate(() => session.snapshot().status), 'failed')
    assert.equal(await page.evaluate((key) => localStorage.getItem(key), key), spoilt)
    await page.evaluate(([key, text]) => localStorage.setItem(key, text), [key, text])
    await go(page, site.url)
    assert.equal(typeof (await token(page)).value, 'string')
  })
}
