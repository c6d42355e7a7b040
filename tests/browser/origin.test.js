import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'

import { expire, go, openApp, signIn } from './support/app.js'
import { startProfile } from './support/browser.js'
import { until } from './support/processes.js'
import { startTenure } from './support/server.js'
import { startSite } from './support/site.js'

let tenure, site, browser
before(async () => {
  tenure = await startTenure({ accessTokenTtl: 60 })
  site = await startSite('plain.js')
})
beforeEach(async () => {
  browser = await startProfile({ args: ['--host-resolver-rules=MAP app.test 127.0.0.1'] })
  await browser.context.clock.install()
})
afterEach(() => browser.close())
after(async () => {
  await site?.stop()
  await tenure?.stop()
})

test('a page that is no secure context is told what to do', async () => {
  const page = await browser.context.newPage()
  const settings = JSON.stringify({ issuer: tenure.url, clientId: 'demo-spa' })
  await page.addInitScript((settings) => sessionStorage.setItem('settings', settings), settings)
  await go(page, site.url.replace('localhost', 'app.test'))
  assert.equal(await page.evaluate(() => globalThis.isSecureContext), false)
  const { code } = await page.evaluate(() => outcome(session.signIn()))
  assert.equal(code, 'insecure_context')
})

test('two applications of one origin do not see each other', async () => {
  const spa = { issuer: tenure.url, clientId: 'demo-spa', renewal: 'on_demand' }
  const one = await openApp(browser.context, site, spa)
  const { value: mine } = await signIn(one)
  assert.equal(mine.identity.preferred_username, 'demo')
  const other = await openApp(browser.context, site, { ...spa, name: 'the other' })
  assert.equal(await other.evaluate(async () => (await session.ready()).status), 'signed_out')
  await signIn(other)
  await one.evaluate(() => session.signOut())
  await expire(other)
  const { value } = await other.evaluate(() => outcome(session.accessToken()))
  assert.equal(typeof value, 'string')
  await until(
    () => one.evaluate(() => session.snapshot().status),
    (status) => status === 'signed_out',
  )
})
