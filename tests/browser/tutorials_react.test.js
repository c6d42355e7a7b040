// An application as the tutorial for React writes it, with only the import changed: signing in has a
// window of its own.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { until } from './support/processes.js'
import {
  backendKnowsMe,
  click,
  expire,
  heading,
  signInByWindow,
  startTutorial,
  stored,
  windowOf,
} from './support/tutorials.js'

let app, tenure, context
before(async () => {
  app = await startTutorial('tutorial-react')
  ;({ tenure, context } = app)
})
after(() => app?.stop())

test('a person who is not signed in is led to the login, signs in, and moves about', async () => {
  const page = await app.open('/tabs/tab2')
  await heading(page, 'Login')
  await signInByWindow(page)
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
  const opened = await windowOf(page)
  await opened.waitForSelector('input[name=username]')
  await opened.close()
  await page.getByText('Not signed in: popup_closed').waitFor()
  assert.equal(await stored(page), null)
  await signInByWindow(page)
  await page.close()
})

test('a window that the browser blocks says so', async () => {
  const page = await app.open('/login')
  await page.evaluate(() => {
    window.open = () => null
  })
  await click(page, 'Sign in')
  await page.getByText('Not signed in: popup_blocked').waitFor()
  await page.close()
})

test('an access token that is over is refreshed before the request', async () => {
  const page = await app.open('/login')
  await signInByWindow(page)
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

test('three pages refresh once, and nobody is signed out', async () => {
  const first = await app.open('/login')
  await signInByWindow(first)
  const pages = [first, await context.newPage(), await context.newPage()]
  for (const page of pages.slice(1)) await page.goto(`${app.url}/tabs/tab1`)
  for (const page of pages) await page.getByText('demo', { exact: true }).waitFor()
  await expire(first)
  const before = await tenure.refreshes()
  await Promise.all(pages.map(backendKnowsMe))
  assert.deepEqual(await tenure.refreshes(), { ...before, rotated: before.rotated + 1 })

  // A page that is loaded again refreshes, and the others, with what they remember, take that over.
  await expire(first)
  await pages[1].goto(`${app.url}/tabs/tab2`)
  await heading(pages[1], 'Tab 2')
  await until(
    () => tenure.refreshes(),
    ({ rotated }) => rotated === before.rotated + 2,
  )
  await Promise.all([pages[0], pages[2]].map(backendKnowsMe))
  assert.deepEqual(await tenure.refreshes(), { ...before, rotated: before.rotated + 2 })
  for (const page of pages) await page.close()
})

test('a refresh that is refused leads back to the login', async () => {
  const page = await app.open('/login')
  await signInByWindow(page)
  await app.revoke(await stored(page))
  await expire(page)
  await click(page, 'Ask the backend')
  await heading(page, 'Login')
  assert.equal(await stored(page), null)
  await page.close()
})

test('the tutorial takes an overload for a refusal, as it is written', async () => {
  const page = await app.open('/login')
  await signInByWindow(page)
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
  await signInByWindow(page)
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
  await signInByWindow(page)
  await page.close()
})
