import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'

import { expire, go, openApp, signIn } from './support/app.js'
import { startBrowser } from './support/browser.js'
import { ISSUERS } from './support/issuers.js'
import { until } from './support/processes.js'
import { startSite } from './support/site.js'

for (const { name, start } of ISSUERS) describe(`with ${name}`, () => whenTokensExpire(start))

function whenTokensExpire(start) {
  let issuer, site, browser, settings
  before(async () => {
    issuer = await start(60)
    site = await startSite('plain.js')
    settings = { issuer: issuer.url, clientId: 'demo-spa', renewal: 'on_demand' }
  })
  beforeEach(async () => {
    browser = await startBrowser()
    await browser.context.clock.install()
  })
  afterEach(() => browser.close())
  after(async () => {
    await site?.stop()
    await issuer?.stop()
  })

  test('three tabs with a hundred requests each at the moment of expiry refresh once', async () => {
    const first = await openApp(browser.context, site, settings)
    await signIn(first)
    const tabs = [first]
    for (let more = 0; more < 2; more += 1) tabs.push(await openApp(browser.context, site, settings))
    for (const tab of tabs) await tab.evaluate(() => session.ready())
    await expire(first)
    const before = await issuer.refreshes()
    const statuses = await Promise.all(
      tabs.map((tab) => tab.evaluate(hundredCalls, issuer.userinfo)),
    )
    assert.deepEqual(new Set(statuses.flat()), new Set([200]))
    assert.equal(statuses.flat().length, 300)
    const after = await issuer.refreshes()
    assert.deepEqual(after, { ...before, granted: before.granted + 1 })
  })

  test('a tab that is frozen for an hour while it holds the lock does not keep the others', async () => {
    const frozen = await openApp(browser.context, site, settings)
    await signIn(frozen)
    const other = await openApp(browser.context, site, settings)
    await other.evaluate(() => session.ready())
    await expire(frozen)
    // The first tab asks, its request is held back, and then it freezes.
    let asked
    const began = new Promise((resolve) => (asked = resolve))
    await frozen.route('**/token', () => asked())
    await frozen.evaluate(() => void outcome(session.accessToken()))
    await began
    const devtools = await browser.context.newCDPSession(frozen)
    await devtools.send('Page.enable')
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
    await other.clock.fastForward('01:00:00')
    const served = await other.evaluate(() => outcome(session.accessToken()))
    assert.deepEqual(Object.keys(served), ['value'], JSON.stringify(served))
    await frozen.unrouteAll({ behavior: 'ignoreErrors' })
    await devtools.send('Page.setWebLifecycleState', { state: 'active' })
    await frozen.clock.fastForward('01:00:00')
    const woken = await frozen.evaluate(() => outcome(session.accessToken()))
    assert.deepEqual(Object.keys(woken), ['value'], JSON.stringify(woken))
    assert.equal((await issuer.refreshes()).other, 0)
  })

  test('a sign-out in one tab wins over a refresh in another', async () => {
    const refreshing = await openApp(browser.context, site, settings)
    await signIn(refreshing)
    const leaving = await openApp(browser.context, site, settings)
    await leaving.evaluate(() => session.ready())
    await expire(refreshing)
    let answer
    const answered = new Promise((resolve) => (answer = resolve))
    await refreshing.route('**/token', async (route) => {
      const response = await route.fetch()
      await answered
      await route.fulfill({ response })
    })
    const before = await issuer.refreshes()
    const waiting = refreshing.evaluate(() => outcome(session.accessToken()))
    await until(() => issuer.refreshes(), (now) => now.granted === before.granted + 1)
    await leaving.evaluate(() => session.signOut())
    answer()
    assert.deepEqual(await waiting, { code: 'signed_out', reason: 'user', temporary: false })
    await until(
      () => refreshing.evaluate(() => session.snapshot()),
      (snapshot) => snapshot.status === 'signed_out' && snapshot.reason === 'user',
    )
    await go(leaving, `${site.url}/`)
    assert.equal((await leaving.evaluate(() => session.ready())).status, 'signed_out')
  })

  test('eight hours of sleep cost one refresh and nobody is signed out', async () => {
    const page = await openApp(browser.context, site, settings)
    await signIn(page)
    const before = await issuer.refreshes()
    await page.clock.fastForward('08:00:00')
    await page.evaluate(() => document.dispatchEvent(new Event('resume')))
    const calls = await page.evaluate(() =>
      Promise.all(Array.from({ length: 10 }, () => outcome(session.accessToken()))),
    )
    assert.equal(new Set(calls.map(({ value }) => value)).size, 1)
    assert.equal(typeof calls[0].value, 'string')
    assert.equal((await issuer.refreshes()).granted, before.granted + 1)
  })

  test('offline through an expiry keeps the session', async () => {
    const page = await openApp(browser.context, site, settings)
    await signIn(page)
    await browser.context.setOffline(true)
    await expire(page)
    const offline = await page.evaluate(() => outcome(session.accessToken()))
    assert.deepEqual(offline, { code: 'unavailable', detail: 'network', temporary: true })
    assert.equal(await page.evaluate(() => session.snapshot().status), 'signed_in')
    await browser.context.setOffline(false)
    const { value } = await page.evaluate(() => outcome(session.accessToken()))
    assert.equal(typeof value, 'string')
  })

  test('a reload with an expired token refreshes before the first request', async () => {
    const page = await openApp(browser.context, site, settings)
    await signIn(page)
    await expire(page)
    const before = await issuer.refreshes()
    const seen = []
    page.on('request', (request) => {
      if (/token$|userinfo$|me$/.test(request.url()) && request.method() !== 'OPTIONS') {
        seen.push(new URL(request.url()).pathname)
      }
    })
    await go(page, `${site.url}/`)
    const status = await page.evaluate(
      (userinfo) => session.fetch(userinfo).then((response) => response.status),
      issuer.userinfo,
    )
    assert.equal(status, 200)
    assert.deepEqual(seen, ['/token', new URL(issuer.userinfo).pathname])
    assert.equal((await issuer.refreshes()).granted, before.granted + 1)
  })
}

const hundredCalls = (userinfo) =>
  Promise.all(Array.from({ length: 100 }, () => session.fetch(userinfo).then((r) => r.status)))
