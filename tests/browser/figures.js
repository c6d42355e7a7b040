// What a session costs a page, and how soon other tabs hear of a sign-out. No test looks at it.

import { openApp, signIn } from './support/app.js'
import { startProfile } from './support/browser.js'
import { until } from './support/processes.js'
import { startTenure } from './support/server.js'
import { startSite } from './support/site.js'

const ROUNDS = 11

const tenure = await startTenure()
const site = await startSite('plain.js')
const browser = await startProfile()
try {
  const settings = { issuer: tenure.url, clientId: 'demo-spa' }
  const page = await openApp(browser.context, site, settings)
  const other = await openApp(browser.context, site, settings)
  await signIn(page)
  await page.evaluate(() => session.accessToken())
  row('browser: accessToken() when fresh', await page.evaluate(callsTake), 'µs', 5)
  const heard = []
  for (let round = 0; round < ROUNDS; round += 1) {
    await signedIn(other)
    heard.push(await signOutHeard(page, other))
    if (round + 1 < ROUNDS) await signIn(page)
  }
  row('browser: sign-out heard by another tab', median(heard), 'ms', 100)
} finally {
  await browser.close()
  await site.stop()
  await tenure.stop()
}

/** The time of one call, in microseconds. */
async function callsTake() {
  const rounds = []
  for (let round = 0; round < 21; round += 1) {
    const started = performance.now()
    for (let call = 0; call < 10_000; call += 1) await session.accessToken()
    rounds.push((performance.now() - started) / 10)
  }
  return rounds.sort((a, b) => a - b)[10]
}

async function signOutHeard(page, other) {
  await other.evaluate(() => {
    globalThis.heard = new Promise((resolve) =>
      session.on('signedOut', () => resolve(performance.timeOrigin + performance.now())),
    )
  })
  const began = await page.evaluate(() => {
    const now = performance.timeOrigin + performance.now()
    void session.signOut()
    return now
  })
  return (await other.evaluate(() => heard)) - began
}

function signedIn(page) {
  return until(
    () => page.evaluate(() => session.snapshot().status),
    (status) => status === 'signed_in',
  )
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1]
}

function row(name, value, unit, budget) {
  const verdict = value < budget ? 'kept' : 'NOT KEPT'
  console.log(`${name.padEnd(40)} ${value.toFixed(2).padStart(7)} ${unit}  of ${budget} ${unit}  ${verdict}`)
}
