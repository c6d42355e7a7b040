import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'

import { openApp } from './support/app.js'
import { signInAsDemo, startBrowser } from './support/browser.js'
import { until } from './support/processes.js'
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

async function openPopup() {
  const opening = page.waitForEvent('popup')
  await page.evaluate(() => {
    globalThis.told = undefined
    void outcome(session.signIn({ mode: 'popup' })).then((outcome) => (globalThis.told = outcome))
  })
  const popup = await opening
  await popup.waitForURL(/login/)
  return popup
}

/** What became of the sign-in, once it is known. */
const told = () => until(() => page.evaluate(() => globalThis.told), (outcome) => outcome !== undefined)

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
