// The tutorial for React at a provider whose pages are isolated: they cut the window off from the page that
// opened it, to which it looks closed.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { signInAsDemo, startFocusable } from './support/browser.js'
import { startBehindProxy } from './support/proxy.js'
import { heading, stored } from './support/tutorials.js'
import { startVite } from './support/vite.js'

let tenure, site, browser, page
before(async () => {
  tenure = await startBehindProxy({ headers: { 'cross-origin-opener-policy': 'same-origin' } })
  site = await startVite('tutorial-react', tenure)
  browser = await startFocusable()
  ;({ page } = browser)
  await page.clock.install()
  await page.goto(`${site.url}/login`)
})
after(async () => {
  await browser?.close()
  await site?.stop()
  await tenure?.stop()
})

/** The window that a button opens. The focus stays where it is: a mouse would give it to the page. */
async function windowOf(name) {
  await browser.focus(false)
  const press = page.getByRole('button', { name }).evaluate((button) => button.click())
  const [opened] = await Promise.all([page.waitForEvent('popup'), press])
  return opened
}

/** The window has long been cut off when this returns. */
async function openIsolated() {
  const opened = await windowOf('Sign in')
  await opened.waitForSelector('input[name=username]')
  await page.clock.runFor('00:05')
  return opened
}

test('closing the window says so once the person is back, and signs nobody in', async () => {
  const opened = await openIsolated()
  await opened.close()
  await browser.focus(true)
  await page.clock.runFor('00:02')
  await page.getByText('Not signed in: popup_closed').waitFor()
  assert.equal(await stored(page), null)
})

test('signing in and signing out work, and each window closes itself', async () => {
  const opened = await openIsolated()
  await Promise.all([opened.waitForEvent('close'), signInAsDemo(opened)])
  await heading(page, 'Tab 1')
  const leaving = await windowOf('Sign out')
  if (!leaving.isClosed()) await leaving.waitForEvent('close')
  await heading(page, 'Login')
  assert.equal(await stored(page), null)
  // Whoever signs in again is asked for the password again.
  const again = await openIsolated()
  await Promise.all([again.waitForEvent('close'), signInAsDemo(again)])
  await heading(page, 'Tab 1')
})
