// The demo page of `tenure dev`, used as a person does: by what is written on it and by the keyboard.

import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'

import { signInAsDemo, startBrowser } from './support/browser.js'
import { until } from './support/processes.js'
import { startTenure } from './support/server.js'

let tenure, browser, complaints
before(async () => {
  tenure = await startTenure({ accessTokenTtl: 5 })
})
beforeEach(async () => {
  complaints = []
  browser = await startDemoBrowser()
})
afterEach(async () => {
  await browser.close()
  assert.deepEqual(complaints, [])
})
after(() => tenure?.stop())

/** A browser whose pages may not complain: no error, no refused script, style or request. */
async function startDemoBrowser() {
  const started = await startBrowser()
  started.context.on('console', (message) => {
    const isExpected = /ERR_INTERNET_DISCONNECTED/.test(message.text())
    if (['error', 'warning'].includes(message.type()) && !isExpected) complaints.push(message.text())
  })
  started.context.on('weberror', (error) => complaints.push(String(error.error())))
  return started
}

async function openDemo({ context } = browser) {
  const page = await context.newPage()
  await page.goto(`${tenure.url}/demo`)
  return page
}

async function signIn(page) {
  await button(page, 'Sign in').click()
  await signInAsDemo(page)
  await life(page).waitFor()
}

const button = (page, name) => page.getByRole('button', { name, exact: true })
const life = (page) => page.getByRole('meter', { name: 'Access token' })
const status = (page) => page.getByRole('status')
const happened = (page, text) => page.getByRole('group', { name: 'What happened' }).getByText(text)
const leftOf = async (page) => Number(await life(page).getAttribute('aria-valuenow'))
const isWelcome = (page) => page.getByRole('heading', { name: 'Sign in to begin' }).waitFor()

test('a person signs in and sees the token live and being refreshed', async () => {
  const page = await openDemo()
  await page.getByText('correct horse battery staple').waitFor()
  await signIn(page)
  assert.equal(new URL(page.url()).pathname, '/demo')
  await page.getByText('signed in as demo').waitFor()
  assert.equal(await life(page).getAttribute('aria-valuemax'), '5')
  // It drains, and a refresh fills it again.
  await until(() => leftOf(page), (left) => left <= 3)
  await until(() => leftOf(page), (left) => left === 5)
  await happened(page, /^This tab refreshed in \d+ ms, \d s before the end\.$/).first().waitFor()
  const picture = page.getByRole('img', { name: /^\d tokens; the newest ends at/ })
  assert.ok((await picture.locator('.row').count()) >= 2)
  await button(page, 'Ask the server who I am').click()
  await until(() => status(page).textContent(), (text) => text === 'The server answered 200: you are demo.')
  await button(page, 'Ask 20 times at once').click()
  await until(() => status(page).textContent(), (text) => /^20 requests at once: 20 good answers/.test(text))
})

test('tabs know each other, share one session and one sign-out', async () => {
  const before = await tenure.refreshes()
  const first = await openDemo()
  await signIn(first)
  const opening = browser.context.waitForEvent('page')
  await first.getByRole('link', { name: 'Open one more tab' }).click()
  const second = await opening
  await life(second).waitFor()
  for (const tab of [first, second]) {
    const names = tab.getByRole('region', { name: 'Tabs' }).getByRole('listitem').locator('strong')
    await until(() => names.allTextContents(), (names) => names.join() === 'Tab 1,Tab 2')
  }
  // Whichever tab refreshes, the other one says so.
  const told = /^Tab \d refreshed in \d+ ms, \d s before the end; this one took its token\.$/
  const counts = () => Promise.all([first, second].map((tab) => happened(tab, told).count()))
  await until(counts, (counts) => counts.some((count) => count > 0))
  await button(second, 'Sign out').click()
  for (const tab of [first, second]) {
    await isWelcome(tab)
    assert.match(await status(tab).textContent(), /^Signed out: somebody asked for it/)
  }
  const { superseded, reused, refused } = await tenure.refreshes()
  assert.deepEqual({ ...before, superseded, reused, refused }, before)
})

test('offline through the end of the token keeps the session, and coming back refreshes it', async () => {
  const page = await openDemo()
  await signIn(page)
  const offline = page.getByRole('switch', { name: 'Offline' })
  await offline.focus()
  await page.keyboard.press('Space')
  assert.equal(await offline.isChecked(), true)
  await page.getByText(/^Ended: the session is kept/).waitFor()
  await happened(page, /^A refresh did not work.*The session is kept\.$/).waitFor()
  await button(page, 'Ask the server who I am').click()
  await page.getByRole('alert').getByText('The session is kept').waitFor()
  await offline.focus()
  await page.keyboard.press('Space')
  await until(() => leftOf(page), (left) => left > 0)
  await page.getByText('signed in as demo').waitFor()
  // The same when it is the browser that is offline.
  await browser.context.setOffline(true)
  await happened(page, 'The browser is offline.').waitFor()
  await page.getByText(/^Ended: the session is kept/).waitFor()
  await browser.context.setOffline(false)
  await until(() => leftOf(page), (left) => left > 0)
})

test('a server that was away costs nothing', async () => {
  const away = await startTenure({ accessTokenTtl: 5 })
  const page = await browser.context.newPage()
  await page.goto(`${away.url}/demo`)
  await signIn(page)
  await away.stop({ keep: true })
  await page.getByText(/^Ended: the session is kept/).waitFor()
  const back = await startTenure({ accessTokenTtl: 5, listen: new URL(away.url).host, data: away.folder })
  try {
    await until(() => leftOf(page), (left) => left > 0, 60_000)
    await happened(page, /^This tab refreshed in \d+ ms, \d+ s after the end\.$/).waitFor()
    await page.getByText('signed in as demo').waitFor()
  } finally {
    await page.close()
    await back.stop()
    complaints = complaints.filter((text) => !/ERR_CONNECTION_REFUSED/.test(text))
  }
})

test('ending the other sessions signs another browser out', async () => {
  const page = await openDemo()
  await signIn(page)
  const elsewhere = await startDemoBrowser()
  try {
    const other = await openDemo(elsewhere)
    await signIn(other)
    const list = page.getByRole('region', { name: 'Where you are signed in' })
    await list.getByRole('button', { name: /^End demo-spa:/ }).first().waitFor()
    await button(page, 'End all other sessions').click()
    await isWelcome(other)
    assert.equal(await status(other).textContent(), 'Signed out: the server ended the session.')
    await until(() => list.getByRole('button', { name: /^End demo-spa:/ }).count(), (count) => count === 0)
    await happened(page, 'All other sessions were ended.').waitFor()
    // One's own is left.
    await page.getByText('signed in as demo').waitFor()
    assert.ok((await leftOf(page)) >= 0)
  } finally {
    // The refused refresh of the other browser is in its console, as every refused request is.
    complaints = complaints.filter((text) => !/status of 40[01]/.test(text))
    await elsewhere.close()
  }
})

test('everything is done by the keyboard alone', async () => {
  const page = await openDemo()
  await button(page, 'Sign in').waitFor()
  await tabTo(page, 'Skip to the content')
  await page.keyboard.press('Enter')
  await tabTo(page, 'Sign in')
  await page.keyboard.press('Enter')
  await page.getByLabel('User name').waitFor()
  await page.keyboard.type('demo')
  await page.keyboard.press('Tab')
  await page.keyboard.type('correct horse battery staple')
  await page.keyboard.press('Enter')
  await life(page).waitFor()
  const reached = await tabTo(page, 'Sign out')
  const names = ['Ask the server who I am', 'Ask 20 times at once', 'Refresh now', 'Open one more tab', 'Offline']
  for (const name of names) assert.ok(reached.includes(name), `${name} is not among ${reached.join(', ')}`)
  await page.keyboard.press('Enter')
  await isWelcome(page)
  // Focus is where one goes on reading.
  assert.equal(await nameOfFocus(page), 'Sign in to begin')
  // The server still knows the browser: signing in asks nothing. The other sign-out changes that.
  await tabTo(page, 'Sign in')
  await page.keyboard.press('Enter')
  await life(page).waitFor()
  await tabTo(page, 'Sign out here and at the server')
  await page.keyboard.press('Enter')
  await isWelcome(page)
  await tabTo(page, 'Sign in')
  await page.keyboard.press('Enter')
  await page.getByLabel('Password').waitFor()
})

test('a small window signs in, too', async () => {
  const page = await openDemo()
  const opening = browser.context.waitForEvent('page')
  await button(page, 'Sign in in a small window').click()
  const popup = await opening
  await popup.getByLabel('Password').waitFor()
  const closed = popup.waitForEvent('close')
  await signInAsDemo(popup)
  await closed
  await life(page).waitFor()
})

test('landmarks, names and contrast are there in light and in dark', async () => {
  const page = await openDemo()
  await signIn(page)
  for (const role of ['banner', 'main', 'contentinfo']) assert.equal(await page.getByRole(role).count(), 1)
  assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1)
  for (const name of ['Access token', 'Tabs', 'Network', 'What happened', 'Where you are signed in', 'Sign out']) {
    assert.equal(await page.getByRole('region', { name, exact: true }).count(), 1, name)
  }
  assert.match(await life(page).getAttribute('aria-valuetext'), /^\d s of 5 s left$/)
  assert.deepEqual(await page.evaluate(namelessControls), [])
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    assert.deepEqual(await page.evaluate(poorContrasts), [], colorScheme)
  }
  const moving = () => getComputedStyle(document.getElementById('ring')).transitionDuration
  assert.equal(await page.evaluate(moving), '0s')
  await page.setViewportSize({ width: 360, height: 740 })
  const isTooWide = () => document.documentElement.scrollWidth > document.documentElement.clientWidth
  assert.equal(await page.evaluate(isTooWide), false)
})

test('under another name of this machine the page goes to the issuer', async () => {
  const page = await browser.context.newPage()
  await page.goto(`${tenure.url.replace('127.0.0.1', 'localhost')}/demo`)
  await page.waitForURL(`${tenure.url}/demo`)
  await isWelcome(page)
})

test('a callback that nobody asked for is explained and leads back', async () => {
  const page = await browser.context.newPage()
  await page.goto(`${tenure.url}/callback?code=x&state=y`)
  await page.getByRole('alert').getByText(/sign in again/).waitFor()
  assert.equal(page.url(), `${tenure.url}/demo`)
  await signIn(page)
})

test('the page and its files say what they are and what they may do', async () => {
  const page = await fetch(`${tenure.url}/demo`)
  const policy = page.headers.get('content-security-policy')
  assert.ok(policy.startsWith("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';"))
  assert.match(policy, /frame-ancestors 'none'; form-action 'self'$/)
  const text = await page.text()
  assert.doesNotMatch(text, /<style|style=|<script>| on[a-z]+=/)
  for (const [, path] of text.matchAll(/(?:src|href)="(\/demo\/[^"]+)"/g)) {
    const answer = await fetch(tenure.url + path)
    assert.equal(answer.status, 200, path)
    const type = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' }[path.split('.').at(-1)]
    assert.ok(answer.headers.get('content-type').startsWith(type), path)
    const again = { headers: { 'if-none-match': answer.headers.get('etag') } }
    assert.equal((await fetch(tenure.url + path, again)).status, 304, path)
  }
  const callback = await fetch(`${tenure.url}/callback?code=x`)
  assert.equal(callback.headers.get('cache-control'), 'no-store')
})

/** Presses Tab until the control of that name has the focus; the names on the way. */
async function tabTo(page, name) {
  const seen = []
  for (let pressed = 0; pressed < 60; pressed += 1) {
    await page.keyboard.press('Tab')
    seen.push(await nameOfFocus(page))
    if (seen.at(-1) === name) return seen
  }
  throw new Error(`no way by Tab to ${name}; there is ${seen.join(', ')}`)
}

function nameOfFocus(page) {
  return page.evaluate(() => {
    const focused = document.activeElement
    const text = focused?.labels?.[0]?.textContent ?? focused?.ariaLabel ?? focused?.textContent
    return text?.trim() ?? ''
  })
}

function namelessControls() {
  const controls = [...document.querySelectorAll('button, a, input, [role=meter], [role=img], [tabindex="0"]')]
  const named = (element) =>
    element.ariaLabel || element.getAttribute('aria-labelledby') || element.labels?.length || element.textContent.trim()
  return controls.filter((element) => element.checkVisibility() && !named(element)).map((element) => element.outerHTML)
}

/** Texts whose colour is not 4.5 times as light or dark as what is behind (WCAG 1.4.3). */
function poorContrasts() {
  const channels = (colour) => colour.match(/[\d.]+/g).map(Number)
  const light = (colour) => {
    const [r, g, b] = channels(colour).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const behind = (element) => {
    const colour = getComputedStyle(element).backgroundColor
    return channels(colour)[3] === 0 ? behind(element.parentElement) : colour
  }
  const poor = []
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')
    if (!own || !element.checkVisibility()) continue
    const [one, other] = [getComputedStyle(element).color, behind(element)].map(light).sort((a, b) => b - a)
    const ratio = (one + 0.05) / (other + 0.05)
    if (ratio < 4.5) poor.push(`${element.textContent.trim()}: ${ratio.toFixed(2)}`)
  }
  return poor
}
