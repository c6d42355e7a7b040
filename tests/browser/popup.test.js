import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'

import { openApp } from './support/app.js'
import {
  endLongWaits,
  holdLongWaits,
  signInAsDemo,
  startBrowser,
  startFocusable,
} from './support/browser.js'
import { until } from './support/processes.js'
import { startBehindProxy } from './support/proxy.js'
import { startTenure } from './support/server.js'
import { startSite } from './support/site.js'

let site, browser, page
before(async () => {
  site = await startSite('plain.js')
})
after(() => site?.stop())

const SETTINGS = { clientId: 'demo-spa' }

async function openPopup() {
  const opening = page.waitForEvent('popup')
  await page.evaluate(() => {
    globalThis.told = undefined
    const { open } = globalThis
    globalThis.open = (...asked) => (globalThis.opened = open(...asked))
    void outcome(session.signIn({ mode: 'popup' })).then((outcome) => (globalThis.told = outcome))
  })
  const popup = await opening
  await popup.waitForURL(/login/)
  return popup
}

/** What became of the sign-in, once it is known. */
const told = () => until(() => page.evaluate(() => globalThis.told), (outcome) => outcome !== undefined)

describe('at a provider', () => {
  let tenure
  before(async () => {
    tenure = await startTenure()
  })
  after(() => tenure?.stop())
  beforeEach(async () => {
    browser = await startBrowser()
    page = await openApp(browser.context, site, { ...SETTINGS, issuer: tenure.url })
  })
  afterEach(() => browser.close())

  test('a window of its own signs the page in', async () => {
    const popup = await openPopup()
    const gone = popup.waitForEvent('close')
    await signInAsDemo(popup)
    assert.deepEqual(await told(), { value: undefined })
    await gone
    assert.equal(await page.evaluate(() => session.identity.preferred_username), 'demo')
    assert.equal(new URL(page.url()).pathname, '/')
  })

  test('a window that is closed is popup_closed, and nobody is signed in', async () => {
    const popup = await openPopup()
    await popup.close()
    assert.equal((await told()).code, 'popup_closed')
    assert.equal(await page.evaluate(() => session.snapshot().status), 'signed_out')
    await signInAsDemo(await openPopup())
    assert.deepEqual(await told(), { value: undefined })
  })

  test('a window that the browser does not open is popup_blocked', async () => {
    // Chromium under automation blocks none by itself.
    await page.evaluate(() => (globalThis.open = () => null))
    const { code } = await page.evaluate(() => outcome(session.signIn({ mode: 'popup' })))
    assert.equal(code, 'popup_blocked')
  })

  test('a window that does not come back is given up, and closed', async () => {
    await holdLongWaits(page)
    const popup = await openPopup()
    const gone = popup.waitForEvent('close')
    await endLongWaits(page)
    await gone
    assert.equal((await told()).code, 'popup_closed')
  })
})

// Such a page cuts the window off from whoever opened it: to that one it looks closed.
describe('at a provider whose pages are isolated', () => {
  let tenure
  before(async () => {
    tenure = await startBehindProxy({ headers: { 'cross-origin-opener-policy': 'same-origin' } })
  })
  after(() => tenure?.stop())
  beforeEach(async () => {
    browser = await startFocusable()
    const settings = { ...SETTINGS, issuer: tenure.url }
    page = await openApp(browser.context, site, settings, '/', browser.page)
    await browser.focus(false)
    await page.clock.install()
  })
  afterEach(() => browser.close())

  /** The window is open, cut off, and the page has looked at it many times. */
  async function openIsolated() {
    const popup = await openPopup()
    await until(
      () => page.evaluate(() => globalThis.opened.closed),
      (isCutOff) => isCutOff,
    )
    await page.clock.runFor('00:05')
    return popup
  }

  test('a window signs the page in', async () => {
    const popup = await openIsolated()
    const gone = popup.waitForEvent('close')
    await signInAsDemo(popup)
    assert.deepEqual(await told(), { value: undefined })
    await gone
    assert.equal(await page.evaluate(() => session.identity.preferred_username), 'demo')
  })

  test('a look at the page in between does no harm', async () => {
    const popup = await openIsolated()
    for (const _ of [1, 2, 3]) {
      await browser.focus(true)
      await page.clock.runFor(600)
      await browser.focus(false)
      await page.clock.runFor(600)
    }
    await signInAsDemo(popup)
    assert.deepEqual(await told(), { value: undefined })
  })

  test('a window that the person closes is popup_closed, once the page has the focus again', async () => {
    const popup = await openIsolated()
    await popup.close()
    await browser.focus(true)
    await page.clock.runFor('00:02')
    assert.equal((await told()).code, 'popup_closed')
    assert.equal(await page.evaluate(() => session.snapshot().status), 'signed_out')
  })

  test('an answer that comes after the window was given up still signs in', async () => {
    const popup = await openIsolated()
    await browser.focus(true)
    await page.clock.runFor('00:02')
    assert.equal((await told()).code, 'popup_closed')
    await browser.focus(false)
    const gone = popup.waitForEvent('close')
    await signInAsDemo(popup)
    await page.waitForFunction(() => session.snapshot().status === 'signed_in')
    await gone
  })
})
