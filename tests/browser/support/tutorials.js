// What the tests of the tutorial applications have in common.

import assert from 'node:assert/strict'

import { signInAsDemo, startBrowser } from './browser.js'
import { startTenure } from './server.js'
import { startVite } from './vite.js'

/** A tutorial application with its own issuer and browser, `written` differently where that is said. */
export async function startTutorial(name, start = () => startTenure({ accessTokenTtl: 60 }), written = {}) {
  const tenure = await start()
  const site = await startVite(name, tenure, written)
  const browser = await startBrowser()
  const { context } = browser
  await context.clock.install()
  return {
    tenure,
    context,
    url: site.url,
    /** Opens a page with nobody signed in, here or at the server, and with the server's time. */
    async open(path) {
      await context.clearCookies()
      await context.clock.setSystemTime(Date.now())
      const page = await context.newPage()
      await page.goto(`${site.url}/assets/none`)
      await page.evaluate(() => localStorage.clear())
      await page.goto(site.url + path)
      return page
    },
    /** Ends the session at the server, as another device of the person would. */
    async revoke({ refreshToken }) {
      const body = new URLSearchParams({ token: refreshToken, client_id: 'demo-spa' })
      const answer = await fetch(`${tenure.url}/revoke`, { method: 'POST', body })
      assert.equal(answer.status, 200)
    },
    /** The token endpoint is overloaded, until what is given back is called: how many asked? */
    async overload() {
      const endpoint = `${tenure.url}/token`
      let asked = 0
      await context.route(endpoint, (route) => {
        asked += 1
        return route.fulfill({ status: 503, headers: { 'access-control-allow-origin': '*' } })
      })
      return async () => {
        await context.unroute(endpoint)
        return asked
      }
    },
    async stop() {
      await browser.close()
      await site.stop()
      await tenure.stop()
    },
  }
}

export const heading = (page, name) => page.getByRole('heading', { name, exact: true }).waitFor()
export const click = (page, name) => page.getByRole('button', { name }).click()

/** The window that the application opens to sign in. */
export async function windowOf(page) {
  const [opened] = await Promise.all([page.waitForEvent('popup'), click(page, 'Sign in')])
  return opened
}

/** Signs the demo account in, in the application with React. */
export async function signInByWindow(page) {
  const opened = await windowOf(page)
  await opened.waitForSelector('input[name=username]')
  await Promise.all([opened.waitForEvent('close'), signInAsDemo(opened)])
  await heading(page, 'Tab 1')
}

/** Signs the demo account in, in the application with Vue. */
export async function signInHere(page) {
  await click(page, 'Sign in')
  await page.waitForSelector('input[name=username]')
  await signInAsDemo(page)
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
}

/** What the application keeps. */
export const stored = (page) => page.evaluate(() => JSON.parse(localStorage.getItem('session')))

/** Moves the clock of all pages past the end of the access token. */
export async function expire(page) {
  const left = await page.evaluate(() => {
    const { receivedAt, expiresIn } = JSON.parse(localStorage.getItem('session'))
    return receivedAt + 1000 * expiresIn - Date.now()
  })
  await page.clock.fastForward(Math.max(0, left) + 1)
}

/** The backend lets the person in, after a refresh where one is due. */
export async function backendKnowsMe(page) {
  await click(page, 'Ask the backend')
  await page.getByText('The backend knows me').waitFor()
}
