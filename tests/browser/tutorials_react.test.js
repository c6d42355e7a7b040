// An application as the tutorial for React writes it, with only the import changed: signing in has a
// window of its own.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { signInAsDemo } from './support/browser.js'
import { until } from './support/processes.js'
import {
  backendKnowsMe,
  click,
  expire,
  heading,
  startTutorial,
  stored,
} from './support/tutorials.js'

let app, tenure, context
before(async () => {
  app = await startTutorial('tutorial-react')
  ;({ tenure, context } = app)
})
after(() => app?.stop())

async function popupOf(page) {
  const [popup] = await Promise.all([page.waitForEvent('popup'), click(page, 'Sign in')])
  return popup
}

async function signIn(page) {
  const popup = await popupOf(page)
  await popup.waitForSelector('input[name=username]')
  await Promise.all([popup.waitForEvent('close'), signInAsDemo(popup)])
  await heading(page, 'Tab 1')
}

test('a person who is not signed in is led to the login, signs in, and moves about', async () => {
  const page = await app.open('/tabs/tab2')
  await heading(page, 'Login')
  await signIn(page)
  await page.getByText('demo', { exact: true }).waitFor()
  await page.getByRole('link', { name: 'Tab 2' }).click()
  await heading(page, 'Tab 2')
  await page.goBack()
  await heading(page, 'Tab 1')
  await page.goto(`${app.url}/tabs/tab2`)
  await heading(page, 'Tab 2')
  await page.close()
})

test('closing the window says so and signs nobody in', async () => {
  const page = await app.open('/login')
  const popup = await popupOf(page)
  await popup.waitForSelector('input[name=username]')
  await popup.close()
  await page.getByText('Not signed in: popup_closed').waitFor()
  assert.equal(await stored(page), null)
  await signIn(page)
  await page.close()
})

test('an access token that is over is refreshed before the request', async () => {
  const page = await app.open('/login')
  await signIn(page)
  const first = await stored(page)
  const before = await tenure.refreshes()
  await expire(page)
  await backendKnowsMe(page)
  const second = await stored(page)
  assert.notEqual(second.refreshToken, first.refreshToken)
  assert.deepEqual(second.provider, first.provider)
  assert.equal((await tenure.refreshes()).rotated, before.rotated + 1)
  await page.close()
})

test('a reload with an access token that is over keeps the person signed in', async () => {
  const page = await app.open('/login')
  await signIn(page)
  await expire(page)
  const before = await tenure.refreshes()
  await page.goto(`${app.url}/tabs/tab2`)
  await heading(page, 'Tab 2')
  await until(
    () => tenure.refreshes(),
    ({ rotated }) => rotated === before.rotated + 1,
  )
  await page.close()
})

test('three pages refresh once, and nobody is signed out', async () => {
  const first = await app.open('/login')
  await signIn(first)
  const pages = [first, await context.newPage(), await context.newPage()]
  for (const page of pages.slice(1)) await page.goto(`${app.url}/tabs/tab1`)
  for (const page of pages) await page.getByText('demo', { exact: true }).waitFor()
  await expire(first)
  const before = await tenure.refreshes()
  await Promise.all(pages.map(backendKnowsMe))
  assert.deepEqual(await tenure.refreshes(), { ...before, rotated: before.rotated + 1 })
  for (const page of pages) await page.close()
})

test('a refresh that is refused leads back to the login', async () => {
  const page = await app.open('/login')
  await signIn(page)
  await app.revoke(await stored(page))
  await expire(page)
  await click(page, 'Ask the backend')
  await heading(page, 'Login')
  assert.equal(await stored(page), null)
  await page.close()
})

test('the tutorial takes an overload for a refusal, as it is written', async () => {
  const page = await app.open('/login')
  await signIn(page)
  await expire(page)
  const calm = await app.overload()
  await click(page, 'Ask the backend')
  await heading(page, 'Login')
  assert.equal(await calm(), 1)
  assert.equal(await stored(page), null)
  await page.close()
})

test('signing out signs out at the server, too', async () => {
  const page = await app.open('/login')
  await signIn(page)
  const { refreshToken } = await stored(page)
  await click(page, 'Sign out')
  await heading(page, 'Login')
  assert.equal(await stored(page), null)
  await until(
    async () => {
      const body = new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        client_id: 'demo-spa',
      })
      return (await fetch(`${tenure.url}/token`, { method: 'POST', body })).status
    },
    (status) => status === 400,
  )
  // Whoever signs in again is asked for the password again.
  await signIn(page)
  await page.close()
})
