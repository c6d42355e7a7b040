// What one tab stored is what the next one reads: tabs are processes, and a storage may be late.

import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'

import { go, openApp } from './support/app.js'
import { startProfile } from './support/browser.js'
import { startSite } from './support/site.js'
import { startStrict } from './support/strict.js'

let issuer, sites, browser
before(async () => {
  issuer = await startStrict()
  sites = { plain: await startSite('plain.js'), places: await startSite('places.js') }
})
beforeEach(async () => {
  issuer.forget()
  browser = await startProfile()
})
afterEach(() => browser.close())
after(async () => {
  await sites?.plain.stop()
  await sites?.places.stop()
  await issuer?.stop()
})

const PLACES = [undefined, 'localStorage']

for (const storage of PLACES) {
  const where = storage ?? 'the usual storage'

  test(`a lock that goes round a thousand times between three tabs shows no old value of ${where}`, async () => {
    const tabs = []
    for (let tab = 0; tab < 3; tab += 1) {
      const page = await browser.context.newPage()
      await go(page, `${sites.places.url}/`)
      tabs.push(page)
    }
    const rounds = await Promise.all(
      tabs.map((tab) => tab.evaluate((storage) => takeTurns(storage, 334), storage)),
    )
    const stale = rounds.reduce((sum, { stale }) => sum + stale, 0)
    const lost = rounds.reduce((sum, { lost }) => sum + lost, 0)
    assert.deepEqual({ stale, lost }, { stale: 0, lost: 0 })
    assert.equal(await tabs[0].evaluate((storage) => reached(storage), storage), 1002)
  })

  test(`a hundred refreshes by three tabs in ${where} are all granted where no token counts twice`, async () => {
    const settings = { issuer: issuer.url, clientId: 'cards', renewal: 'on_demand', storage }
    const tabs = []
    for (let tab = 0; tab < 3; tab += 1) tabs.push(await openApp(browser.context, sites.plain, settings))
    await tabs[0].evaluate((tokens) => session.adopt(tokens), issuer.begin())
    for (const tab of tabs) await tab.waitForFunction(() => session.snapshot().status === 'signed_in')
    const told = await Promise.all(
      tabs.map((tab) =>
        tab.evaluate(async () => {
          const told = []
          for (let turn = 0; turn < 40; turn += 1) told.push(await outcome(session.accessToken()))
          return told.filter(({ value }) => value === undefined)
        }),
      ),
    )
    assert.deepEqual(told.flat(), [])
    const { granted, refused } = issuer.counts
    assert.equal(refused, 0, `after ${granted} refreshes`)
    assert.ok(granted >= 100, `${granted} refreshes`)
  })
}

test('a lock that goes round a thousand times between three desktop pages of connect-session shows no token twice', async () => {
  const tabs = []
  for (let tab = 0; tab < 3; tab += 1) {
    const page = await browser.context.newPage()
    await go(page, `${sites.places.url}/`)
    tabs.push(page)
  }
  const rounds = await Promise.all(tabs.map((tab) => tab.evaluate(() => takeTurnsAsDesktop(334))))
  const stale = rounds.reduce((sum, { stale }) => sum + stale, 0)
  const lost = rounds.reduce((sum, { lost }) => sum + lost, 0)
  assert.deepEqual({ stale, lost }, { stale: 0, lost: 0 })
})
