import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { openApp, signIn } from './support/app.js'
import { signInAsDemo, startBrowser } from './support/browser.js'
import { startTenure } from './support/server.js'
import { startSite } from './support/site.js'

let tenure, site, browser
before(async () => {
  tenure = await startTenure({ accessTokenTtl: 5 })
  site = await startSite('plain.js')
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await site?.stop()
  await tenure?.stop()
})

test('a person signs in by redirect and comes back to where they were', async () => {
  const page = await openApp(browser.context, site, { issuer: tenure.url, clientId: 'demo-spa' }, '/deep?x=1#y')
  const { value } = await signIn(page, signInAsDemo)
  assert.equal(value.returnTo, '/deep?x=1#y')
  assert.equal(value.identity.preferred_username, 'demo')
  assert.equal(new URL(page.url()).search, '')
  const token = await page.evaluate(() => session.accessToken())
  assert.equal(token.split('.').length, 3)
  await page.close()
})
