// Drives an application of the package, as a person and as its own code would.

import { signInAsDemo } from './browser.js'
import { masked, named, told } from './connect_log.js'

const POOLS = 'https://cognito-idp.eu-west-2.amazonaws.com/'

/** Opens the application in a tab of its own; `hook` renders it with the React hook. */
export async function openConnect({
  context,
  server,
  site,
  kind,
  path = '/',
  session,
  hook,
  desktop,
}) {
  const page = await context.newPage()
  const errors = []
  page.on('console', (message) => {
    if (message.type() === 'error' && message.text().startsWith('Reapit'))
      errors.push(message.text().trim())
  })
  if (desktop) await page.addInitScript(() => (globalThis.__REAPIT_MARKETPLACE_GLOBALS__ = {}))
  await showEveryRequest(context, page, server, kind)
  const settings = { session: settingsOf(server, kind, session), hook }
  await page.goto(`${site.url}/blank`)
  await page.evaluate(
    (settings) => sessionStorage.setItem('settings', JSON.stringify(settings)),
    settings,
  )
  server.taken()
  // With the hook it may be on its way to the server before it has loaded.
  await page.goto(`${site.url}${path}`, { waitUntil: 'commit' })
  if (!hook) await page.waitForFunction('globalThis.loaded')
  return {
    page,
    /** What the package wrote to the console. */
    errors,
    /** What was asked since the last time, as it is compared. */
    taken: () => server.taken().map((entry) => told(entry, site.url)),
    address: () => masked(page.url(), site.url),
    /** Both stores, with what differs under names. */
    async stored() {
      const stores = await page.evaluate(() => ({
        tab: { ...sessionStorage },
        all: { ...localStorage },
      }))
      delete stores.tab.settings
      return { tab: named(stores.tab), all: named(stores.all) }
    },
    connectSession: () => page.evaluate(() => session.connectSession()),
    async reload(address = page.url()) {
      await page.goto(address)
      await page.waitForFunction('globalThis.loaded')
    },
    /** Signs in at the server's form after the application was told to go there. */
    async signIn() {
      await page.waitForURL(/\/login\?/)
      await signInAsDemo(page)
      await this.back()
    },
    async back(path = '/cb') {
      await page.waitForURL((url) => url.href.startsWith(site.url) && url.pathname === path)
      await page.waitForFunction('globalThis.loaded')
    },
  }
}

function settingsOf(server, { client, pool }, more) {
  return { connectOAuthUrl: server.url, connectClientId: client, connectUserPoolId: pool, ...more }
}

/** The browser's cache would answer for the server, and version 3 looks for keys at a user pool. */
async function showEveryRequest(context, page, server, { pool }) {
  const devtools = await context.newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true })
  if (!pool) return
  const here = `${server.url}/.well-known/jwks.json`
  await page.route(`${POOLS}${pool}/.well-known/jwks.json`, async (route) =>
    route.fulfill({ response: await route.fetch({ url: here }) }),
  )
}
