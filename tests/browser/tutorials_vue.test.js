// An application as the tutorial for Vue writes it, with only the import changed: signing in takes the
// place of the page.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import {
  backendKnowsMe,
  click,
  expire,
  heading,
  signInHere as signIn,
  startTutorial,
  stored,
} from './support/tutorials.js'

let app, tenure, context
before(async () => {
  app = await startTutorial('tutorial-vue')
  ;({ tenure, context } = app)
})
after(() => app?.stop())

async function openTab2(page) {
  await page.getByRole('link', { name: 'Tab 2' }).click()
  await heading(page, 'Tab 2')
}

test('a private route leads to the start, and opens to whoever signed in', async () => {
  const page = await app.open('/tabs/tab2')
  await heading(page, 'Tab 1')
  await signIn(page)
  assert.equal(new URL(page.url()).pathname, '/tabs/tab1')
  assert.equal(new URL(page.url()).search, '')
  await openTab2(page)
  await page.goBack()
  await heading(page, 'Tab 1')
  await page.goto(`${app.url}/tabs/tab2`)
  await heading(page, 'Tab 2')
  await page.close()
})

test('going back from the server leaves no sign-in hanging, and a loop is stopped', async () => {
  const page = await app.open('/tabs/tab1')
  // However long it takes here, it is within ten seconds.
  await page.addInitScript((now) => (Date.now = () => now), Date.now())
  await page.reload()
  for (const _ of [1, 2, 3]) {
    await click(page, 'Sign in')
    await page.waitForSelector('input[name=username]')
    await page.goBack()
  }
  await click(page, 'Sign in')
  await page.getByText('Not signed in: redirect_loop').waitFor()
  await page.close()
})

test('a deep link with an access token that is over opens its page', async () => {
  const page = await app.open('/tabs/tab1')
  await signIn(page)
  const before = await tenure.refreshes()
  await expire(page)
  await page.goto(`${app.url}/tabs/tab2`)
  await heading(page, 'Tab 2')
  assert.equal((await tenure.refreshes()).rotated, before.rotated + 1)
  await expire(page)
  await backendKnowsMe(page)
  assert.equal((await tenure.refreshes()).rotated, before.rotated + 2)
  await page.close()
})

test('a refresh that is refused ends the session, and private routes close', async () => {
  const page = await app.open('/tabs/tab1')
  await signIn(page)
  await app.revoke(await stored(page))
  await expire(page)
  await page.goto(`${app.url}/tabs/tab2`)
  await heading(page, 'Tab 1')
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  assert.equal(await stored(page), null)
  await page.close()
})

test('the tutorial takes an overload for a refusal, as it is written', async () => {
  const page = await app.open('/tabs/tab1')
  await signIn(page)
  await expire(page)
  const calm = await app.overload()
  await page.goto(`${app.url}/tabs/tab2`)
  await heading(page, 'Tab 1')
  assert.equal(await calm(), 1)
  assert.equal(await stored(page), null)
  await page.close()
})

test('an API that refuses the access token ends the session', async () => {
  const page = await app.open('/tabs/tab1')
  await signIn(page)
  await openTab2(page)
  await context.route('**/api/whoami', (route) => route.fulfill({ status: 401, body: '{}' }))
  await click(page, 'Ask the backend')
  await heading(page, 'Tab 1')
  assert.equal(await stored(page), null)
  await context.unroute('**/api/whoami')
  await page.close()
})

test('signing out comes back to the page, and the server asks for the password again', async () => {
  const page = await app.open('/tabs/tab1')
  await signIn(page)
  await click(page, 'Sign out')
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  assert.equal(await stored(page), null)
  await signIn(page)
  await page.close()
})
