import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'

import { expire, go, openApp, signIn } from './support/app.js'
import { startProfile } from './support/browser.js'
import { keptIn, keepIn } from './support/kept.js'
import { until } from './support/processes.js'
import { startTenure } from './support/server.js'
import { startSite } from './support/site.js'
import { startStrict } from './support/strict.js'

let tenure, site, browser
before(async () => {
  tenure = await startTenure({ accessTokenTtl: 60 })
  site = await startSite('plain.js')
})
beforeEach(async () => {
  browser = await startProfile()
  await browser.context.clock.install()
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
const key = () => `tenure:${tenure.url}|demo-spa`
const read = (page, storage) => keptIn(page, storage, key())
const write = (page, storage, text) => keepIn(page, storage, key(), text)
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

test('a session of one issuer is of no use to a page of another', async () => {
  const stranger = await startStrict()
  const page = await open({ name: 'shared' })
  await signIn(page)
  const kept = await keptIn(page, 'indexedDB', 'tenure:shared')
  const { refresh_token } = JSON.parse(kept).tokens
  const other = await open({ name: 'shared', issuer: stranger.url, clientId: 'cards' })
  assert.deepEqual(await token(other), { code: 'signed_out', reason: 'foreign', temporary: false })
  assert.equal(await keptIn(page, 'indexedDB', 'tenure:shared'), kept)
  await other.evaluate((tokens) => session.adopt(tokens), { ...stranger.begin(), expiresIn: 300 })
  assert.equal(typeof (await token(other)).value, 'string')
  await until(
    () => page.evaluate(() => session.snapshot()),
    ({ status, reason }) => status === 'signed_out' && reason === 'foreign',
  )
  assert.equal(stranger.heard.some((body) => body.includes(refresh_token)), false)
  // Over where it came from.
  const body = new URLSearchParams({ grant_type: 'refresh_token', client_id: 'demo-spa', refresh_token })
  await until(
    async () => (await fetch(`${tenure.url}/oauth2/token`, { method: 'POST', body })).status,
    (status) => status === 400,
  )
  await stranger.stop()
})

test('a session in memory ends with the page', async () => {
  const page = await open({ storage: 'memory' })
  await signIn(page)
  assert.equal(typeof (await token(page)).value, 'string')
  await go(page, site.url)
  assert.equal(await status(page), 'signed_out')
})

test('a page keeps its session in IndexedDB unless told otherwise', async () => {
  const page = await open()
  await signIn(page)
  assert.equal(await status(page), 'signed_in')
  assert.match(await read(page), /"refresh_token"/)
  assert.equal(await page.evaluate(() => JSON.stringify(localStorage).includes('refresh_token')), false)
})

test('where IndexedDB is blocked localStorage takes its place', async () => {
  const page = await blocking('indexedDB')
  assert.equal(await status(page), 'signed_out')
  assert.deepEqual(await page.evaluate(() => happened), [])
  await signIn(page)
  await go(page, site.url)
  assert.equal(await status(page), 'signed_in')
  assert.match(await read(page, 'localStorage'), /"refresh_token"/)
})

test('an IndexedDB that fails for now is told, and nothing takes its place', async () => {
  const page = await open()
  await signIn(page)
  await page.addInitScript(() => {
    const real = IDBFactory.prototype.open
    IDBFactory.prototype.open = function (...args) {
      if (sessionStorage.getItem('broken')) throw new DOMException('the disk is on fire', 'UnknownError')
      return real.apply(this, args)
    }
  })
  await page.evaluate(() => sessionStorage.setItem('broken', 'yes'))
  await go(page, site.url)
  assert.deepEqual(await token(page), { code: 'storage', detail: 'read', temporary: true })
  await page.evaluate(() => sessionStorage.removeItem('broken'))
  const { value } = await until(
    () => token(page),
    ({ code }) => code !== 'storage',
  )
  assert.equal(typeof value, 'string')
})

test('where storage is blocked the session lives in memory and says so', async () => {
  const page = await blocking('indexedDB', 'localStorage')
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

/** A page in which these storages are blocked. */
async function blocking(...names) {
  const page = await browser.context.newPage()
  const settings = JSON.stringify({ issuer: tenure.url, clientId: 'demo-spa' })
  await page.addInitScript(
    ([names, settings]) => {
      for (const name of names) {
        Object.defineProperty(globalThis, name, {
          get() {
            throw new DOMException('blocked', 'SecurityError')
          },
        })
      }
      if (location.pathname !== '/blank') sessionStorage.setItem('settings', settings)
    },
    [names, settings],
  )
  await go(page, site.url)
  return page
}

/** A session as the version before this one kept it: in localStorage, without its issuer. */
async function openOld() {
  const page = await open({ storage: 'localStorage' })
  await signIn(page)
  const { tenure: _, issuer, client_id, ...rest } = JSON.parse(await read(page, 'localStorage'))
  assert.deepEqual([issuer, client_id], [tenure.url, 'demo-spa'])
  await write(page, 'localStorage', JSON.stringify({ tenure: 1, ...rest }))
  await go(page, site.url)
  assert.equal(await status(page), 'signed_in')
  return page
}

test('a session of before is moved out of localStorage once, also by two tabs at once', async () => {
  const old = await openOld()
  await old.close()
  const tabs = await Promise.all([open(), open(), open()])
  for (const tab of tabs) assert.equal(await status(tab), 'signed_in')
  const [one] = tabs
  assert.equal(await read(one, 'localStorage'), null)
  await expire(one)
  const before = await tenure.refreshes()
  const tokens = await Promise.all(tabs.map(token))
  assert.equal(new Set(tokens.map(({ value }) => value)).size, 1)
  assert.equal(typeof tokens[0].value, 'string')
  assert.deepEqual(await tenure.refreshes(), { ...before, rotated: before.rotated + 1 })
  // What comes there later is nobody's business any more.
  await write(one, 'localStorage', await read(one))
  await one.evaluate(() => session.signOut())
  await go(one, site.url)
  assert.equal(await status(one), 'signed_out')
})

test('a session is not moved away under the refresh of a tab of before', async () => {
  const old = await openOld()
  await expire(old)
  let answer
  const answered = new Promise((resolve) => (answer = resolve))
  await old.route('**/token', async (route) => {
    const response = await route.fetch()
    await answered
    await route.fulfill({ response })
  })
  const before = await tenure.refreshes()
  const waiting = token(old)
  await until(() => tenure.refreshes(), (now) => now.rotated === before.rotated + 1)
  const moving = await open()
  const early = moving.evaluate(() => outcome(session.accessToken()))
  answer()
  const { value } = await waiting
  const { code } = await early
  if (code) assert.equal(code, 'storage', 'it is told to ask again')
  const moved = await until(() => token(moving), ({ code }) => code !== 'storage')
  assert.equal(moved.value, value)
  // The tab of before finds nothing any more; nobody's tokens are revoked for that.
  await until(
    () => old.evaluate(() => session.snapshot().status),
    (status) => status === 'signed_out',
  )
  await expire(moving)
  assert.equal(typeof (await token(moving)).value, 'string')
  const { reused, refused } = await tenure.refreshes()
  assert.deepEqual({ reused, refused }, { reused: before.reused, refused: before.refused })
})

test('when storage is full a refresh hands out nothing that is not stored, and goes on later', async () => {
  const page = await open({ storage: 'localStorage' })
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
  const page = await open({ storage: 'localStorage' })
  await signIn(page)
  const other = await open({ storage: 'localStorage' })
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
  ['corrupt', () => '{"tenure":2,"gener'],
  ['newer', (text) => JSON.stringify({ ...JSON.parse(text), tenure: 99 })],
  ['foreign', () => 'hello'],
]) {
  for (const storage of ['indexedDB', 'localStorage']) {
    test(`a ${what} value in ${storage} is reported and left alone`, async () => {
      const page = await open({ storage })
      await signIn(page)
      const text = await read(page, storage)
      const spoilt = spoil(text)
      await write(page, storage, spoilt)
      await go(page, site.url)
      const { code } = await token(page)
      assert.equal(code, what === 'newer' ? 'storage_newer' : 'storage_damaged')
      assert.equal(await page.evaluate(async () => (await outcome(session.ready())).code), code)
      assert.equal(await page.evaluate(() => session.snapshot().status), 'failed')
      assert.equal(await read(page, storage), spoilt)
      await write(page, storage, text)
      await go(page, site.url)
      assert.equal(typeof (await token(page)).value, 'string')
    })
  }
}
