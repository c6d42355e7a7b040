// The ready modules of `@tenure/auth-connect`: the same application with React and with Vue.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { signInAsDemo } from './support/browser.js'
import {
  backendKnowsMe,
  click,
  expire,
  heading,
  startTutorial,
  stored,
} from './support/tutorials.js'

for (const name of ['ready-react', 'ready-vue']) describe(name, () => withReadyModules(name))

function withReadyModules(name) {
  let app
  before(async () => {
    app = await startTutorial(name)
  })
  after(() => app?.stop())

  /** A page of somebody who signed in just now. */
  async function signedIn() {
    const page = await app.open('/')
    await heading(page, 'Login')
    await click(page, 'Sign in')
    await page.waitForSelector('input[name=username]')
    await signInAsDemo(page)
    await heading(page, 'Home')
    return page
  }

  test('a failure that may pass keeps the session, and the next request works', async () => {
    const page = await signedIn()
    const before = await app.tenure.refreshes()
    await expire(page)
    const calm = await app.overload()
    await click(page, 'Ask the backend')
    await page.getByText('Failed: unavailable').waitFor()
    assert.equal(await calm(), 1)
    assert.equal(typeof (await stored(page)).refreshToken, 'string')
    // A loaded page refreshes by itself as soon as it may.
    await page.goto(`${app.url}/deep`)
    await heading(page, 'Deep')
    await page.goto(app.url)
    await backendKnowsMe(page)
    assert.equal((await app.tenure.refreshes()).rotated, before.rotated + 1)
    await page.close()
  })

  test('signing out on one page is seen on the others', async () => {
    const page = await signedIn()
    const other = await app.context.newPage()
    await other.goto(app.url)
    await heading(other, 'Home')
    await click(page, 'Sign out')
    await heading(other, 'Login')
    await heading(page, 'Login')
    assert.equal(await stored(page), null)
    await page.close()
    await other.close()
  })

  test('a refusal ends the session', async () => {
    const page = await signedIn()
    await app.revoke(await stored(page))
    await expire(page)
    await click(page, 'Ask the backend')
    await heading(page, 'Login')
    assert.equal(await stored(page), null)
    await page.goto(`${app.url}/deep`)
    await heading(page, 'Login')
    await page.close()
  })
}
