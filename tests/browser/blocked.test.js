// A content policy without `wasm-unsafe-eval`: the session cannot begin, and everybody is told.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { startBrowser } from './support/browser.js'
import { startSite } from './support/site.js'

let site, browser
before(async () => {
  site = await startSite('protected.js', { policy: "default-src 'self'" })
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await site?.stop()
})

test('a page whose policy blocks WebAssembly shows why, in React, in Vue and in the console', async () => {
  const page = await browser.context.newPage()
  const said = []
  page.on('console', (message) => message.type() === 'error' && said.push(message.text()))
  await page.goto(site.url)
  for (const framework of ['react', 'vue']) {
    await page.waitForFunction(
      (id) => /^failed: misconfigured: .*wasm-unsafe-eval/.test(document.getElementById(id).textContent),
      framework,
      { timeout: 30_000 },
    )
  }
  assert.ok(
    said.some((text) => text.includes('wasm-unsafe-eval')),
    said.join('\n'),
  )
  const code = (call) => page.evaluate((call) => session[call]().catch(({ code }) => code), call)
  assert.equal(await code('ready'), 'misconfigured')
  assert.equal(await code('signIn'), 'misconfigured')
  assert.equal(await code('accessToken'), 'misconfigured')
})
