// Signing out of the tutorial applications at a Tenure server, whichever provider they name.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { endLongWaits, holdLongWaits } from './support/browser.js'
import { until } from './support/processes.js'
import { startTenure } from './support/server.js'
import {
  click,
  heading,
  signInByWindow,
  signInHere,
  startTutorial,
  stored,
  windowOf,
} from './support/tutorials.js'

const PROVIDERS = ['Auth0', 'Azure', 'Cognito', 'Okta', 'OneLogin']

/** How each application signs in, and what it shows to nobody and to whom it knows. */
const APPLICATIONS = [
  { name: 'tutorial-react', signIn: signInByWindow, start: '/login' },
  { name: 'tutorial-vue', signIn: signInHere, start: '/tabs/tab1' },
]

let tenure
before(async () => {
  tenure = await startTenure({ accessTokenTtl: 300 })
})
after(() => tenure?.stop())

/** The tests share a server: an application ends without it. */
const start = (name, written) =>
  startTutorial(name, async () => ({ ...tenure, stop: () => undefined }), written)

/** Whether the server still takes a refresh token. */
async function isGood({ refreshToken }) {
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: 'demo-spa' }
  const body = new URLSearchParams(form)
  return (await fetch(`${tenure.url}/token`, { method: 'POST', body })).status === 200
}

for (const application of APPLICATIONS) {
  for (const provider of PROVIDERS) {
    test(`${application.name} with ${provider}Provider signs out here and at the server`, async () => {
      const written = { Auth0Provider: `${provider}Provider` }
      const app = await start(application.name, written)
      try {
        const page = await app.open(application.start)
        page.setDefaultTimeout(20_000)
        await application.signIn(page)
        const before = await stored(page)
        await click(page, 'Sign out')
        await page.getByRole('button', { name: 'Sign in' }).waitFor()
        assert.equal(await stored(page), null)
        await until(() => isGood(before), (good) => !good)
        // Whoever signs in again is asked for the password again.
        await application.signIn(page)
      } finally {
        await app.stop()
      }
    })
  }
}

describe('a window that does not come back', () => {
  let app
  before(async () => {
    app = await start('tutorial-react')
  })
  after(() => app?.stop())

  /** The server is asked to sign out, and says nothing. */
  const withoutAnswer = () =>
    new Promise((asked) => void app.context.route('**/logout**', () => asked()))

  test('from signing out is given up, and nobody is signed in any more', async () => {
    const page = await app.open('/login')
    await signInByWindow(page)
    const before = await stored(page)
    await holdLongWaits(page)
    const asked = withoutAnswer()
    const [opened] = await Promise.all([page.waitForEvent('popup'), click(page, 'Sign out')])
    const gone = opened.waitForEvent('close')
    await asked
    await until(() => isGood(before), (good) => !good)
    await endLongWaits(page)
    await gone
    await heading(page, 'Login')
    assert.equal(await stored(page), null)
    await app.context.unroute('**/logout**')
    await page.close()
  })

  test('from signing out because it was closed is no hindrance', async () => {
    const page = await app.open('/login')
    await signInByWindow(page)
    const asked = withoutAnswer()
    const [opened] = await Promise.all([page.waitForEvent('popup'), click(page, 'Sign out')])
    await asked
    await opened.close()
    await heading(page, 'Login')
    assert.equal(await stored(page), null)
    await app.context.unroute('**/logout**')
    await page.close()
  })

  test('from signing in is given up, and the application is told', async () => {
    const page = await app.open('/login')
    await holdLongWaits(page)
    const opened = await windowOf(page)
    await opened.waitForSelector('input[name=username]')
    const gone = opened.waitForEvent('close')
    await endLongWaits(page)
    await gone
    await page.getByText('Not signed in: popup_closed').waitFor()
    await signInByWindow(page)
    await page.close()
  })
})
