// npm's `oidc-client-ts` with `loadUserInfo`, at a Tenure server to which one command has made it known.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { promisify } from 'node:util'

import { openApp } from './support/app.js'
import { signInAsDemo, startBrowser } from './support/browser.js'
import { until } from './support/processes.js'
import { startTenure, tenureBinary } from './support/server.js'
import { startSite } from './support/site.js'

let tenure, site, browser, settings
before(async () => {
  tenure = await startTenure({ accessTokenTtl: 5 })
  site = await startSite('oidc_client.js')
  const added = ['clients', 'add', 'orders', '--redirect-uri', `${site.url}/callback`]
  added.push('--post-logout-redirect-uri', `${site.url}/`, '--data', tenure.folder)
  await promisify(execFile)(tenureBinary(), added)
  settings = { authority: tenure.url, client_id: 'orders' }
})
beforeEach(async () => {
  browser = await startBrowser()
})
afterEach(() => browser.close())
after(async () => {
  await site?.stop()
  await tenure?.stop()
})

/** Tabs of one person who signed in in the first; each keeps its tokens fresh by itself. */
async function openTabs(count, more = {}) {
  const first = await openApp(browser.context, site, { ...settings, ...more })
  await first.evaluate(() => void manager.signinRedirect())
  await first.waitForURL(/login/)
  await signInAsDemo(first)
  await first.waitForURL(/\/callback/)
  await first.waitForFunction('globalThis.loaded')
  const tabs = [first]
  while (tabs.length < count) {
    tabs.push(await openApp(browser.context, site, { ...settings, ...more }))
  }
  for (const tab of tabs) await tab.evaluate(() => manager.getUser())
  return tabs
}

test('one tab signs in with what the server says of the person, refreshes, and signs out', async () => {
  const [tab] = await openTabs(1, { automaticSilentRenew: false })
  const before = await tab.evaluate(() => manager.getUser())
  assert.equal(before.profile.preferred_username, 'demo')
  const after = await tab.evaluate(() => manager.signinSilent())
  assert.notEqual(after.refresh_token, before.refresh_token)
  assert.equal(after.profile.sub, before.profile.sub)
  const known = await fetch(`${tenure.url}/userinfo`, {
    headers: { authorization: `Bearer ${after.access_token}` },
  })
  assert.equal(known.status, 200)
  await tab.evaluate(() => void manager.signoutRedirect())
  await tab.waitForURL(`${site.url}/`)
  await tab.waitForFunction('globalThis.loaded')
  assert.equal(await tab.evaluate(() => manager.getUser()), null)
})
