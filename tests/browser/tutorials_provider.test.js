// The tutorial for React with a provider that is not Tenure's own: refresh tokens rotate, and one that
// is shown twice ends the session.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ISSUERS } from './support/issuers.js'
import {
  backendKnowsMe,
  click,
  expire,
  heading,
  signInByWindow,
  startTutorial,
  stored,
} from './support/tutorials.js'

let app, provider, context
before(async () => {
  const { start } = ISSUERS.find(({ name }) => name === 'oidc-provider')
  app = await startTutorial('tutorial-react', () => start(60))
  ;({ tenure: provider, context } = app)
})
after(() => app?.stop())

test('three pages refresh once, time after time', async () => {
  const first = await app.open('/login')
  await signInByWindow(first)
  const pages = [first, await context.newPage(), await context.newPage()]
  for (const page of pages.slice(1)) await page.goto(`${app.url}/tabs/tab1`)
  for (const page of pages) await heading(page, 'Tab 1')
  const before = await provider.refreshes()
  for (const times of [1, 2]) {
    await expire(first)
    await Promise.all(pages.map(backendKnowsMe))
    assert.deepEqual(await provider.refreshes(), { ...before, granted: before.granted + times })
  }
  for (const page of pages) await page.close()
})

test('a session that ended at the provider ends here, and begins anew', async () => {
  const page = await app.open('/login')
  await signInByWindow(page)
  const { refreshToken, provider } = await stored(page)
  const body = new URLSearchParams({ token: refreshToken, client_id: 'demo-spa' })
  await fetch(provider.manifest.revocation_endpoint, { method: 'POST', body })
  await expire(page)
  await click(page, 'Ask the backend')
  await heading(page, 'Login')
  assert.equal(await stored(page), null)
  await context.clearCookies()
  await signInByWindow(page)
  await page.close()
})
