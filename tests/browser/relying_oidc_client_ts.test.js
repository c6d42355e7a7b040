// npm's `oidc-client-ts` with `loadUserInfo`, with the client that the documentation's command adds.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
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
  const [program, ...words] = (await documented('oidc-client-ts')).split(/[\s\\]+/)
  assert.equal(program, 'tenure')
  await promisify(execFile)(tenureBinary(), [...words, '--data', tenure.folder])
  settings = { authority: tenure.url, client_id: 'shop' }
})
beforeEach(async () => {
  browser = await startBrowser()
})
afterEach(() => browser.close())
after(async () => {
  await site?.stop()
  await tenure?.stop()
})

/** The command of the documentation for a library, with this site's address for its example's. */
async function documented(title) {
  const document = await readFile(new URL('../../docs/operators.md', import.meta.url), 'utf8')
  const [, section = ''] = document.split(`\n#### ${title}\n`)
  const [, command = ''] = /```sh\n(.*?)\n```/s.exec(section) ?? []
  return command.replaceAll('https://shop.example.com', site.url)
}

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

/**
 * Of three tabs that refresh at the same moment, with the same refresh token, one is served and uses what it
 * got before the requests of the other two arrive.
 */
async function twoAreLate() {
  const waiting = []
  await browser.context.route('**/token', async (route) => {
    waiting.push(route)
    if (waiting.length < 3) return
    const [first, ...late] = waiting.splice(0)
    const used = first.request().frame().page().waitForResponse('**/userinfo')
    await first.continue()
    await used
    for (const each of late) await each.continue()
  })
}

test('three tabs that renew by themselves at the same moment go on, and none is refused', async () => {
  const tabs = await openTabs(3)
  await twoAreLate()
  const told = () => Promise.all(tabs.map((tab) => tab.evaluate(() => ({ renewed, failed }))))
  const all = await until(
    told,
    (all) => all.every(({ renewed }) => renewed >= 4) || all.some(({ failed }) => failed.length > 0),
  )
  assert.deepEqual(all.map(({ failed }) => failed), [[], [], []])
})

test('three tabs that renew at the same moment all stay signed in, fifty times', async () => {
  const tabs = await openTabs(3, { automaticSilentRenew: false })
  await twoAreLate()
  const before = await tenure.refreshes()
  const renew = () => manager.signinSilent().then(() => 'renewed', (error) => error.message)
  for (let round = 0; round < 50; round += 1) {
    const outcomes = await Promise.all(tabs.map((tab) => tab.evaluate(renew)))
    assert.deepEqual(outcomes, ['renewed', 'renewed', 'renewed'], `in round ${round}`)
  }
  const { reused, refused } = await tenure.refreshes()
  assert.deepEqual({ reused, refused }, { reused: before.reused, refused: before.refused })
})
