import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'

import { signInAsDemo, startBrowser } from './support/browser.js'
import { startTenure } from './support/server.js'

const BUTTON = '../../packages/connect-session/dist/button.iife.js'

let tenure, browser, server, url
before(async () => {
  tenure = await startTenure({ accessTokenTtl: 3600 })
  const script = await readFile(new URL(BUTTON, import.meta.url))
  server = createServer((request, response) => {
    const isScript = request.url === '/button.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8')
    response.end(isScript ? script : page(tenure.url))
  })
  await new Promise((resolve) => server.listen(0, 'localhost', resolve))
  url = `http://localhost:${server.address().port}`
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  server?.close()
  server?.closeAllConnections()
  await tenure?.stop()
})

/** A page as somebody writes it who has no build. */
const page = (issuer) => `<!doctype html><title>shop</title>
<script src="/button.js"></script>
<connect-sign-in oauth-url="${issuer}" client-id="connect-demo" login-redirect-path="/cb"
  logout-redirect-path="/logout" go-back></connect-sign-in>`

test('a script tag and an element sign a person in and out', async () => {
  const tab = await browser.context.newPage()
  await tab.goto(`${url}/deep?x=1`)
  await tab.getByRole('button', { name: 'Sign in' }).click()
  await signInAsDemo(tab)
  await tab.waitForURL(`${url}/deep?x=1`)
  await tab.getByText('Demo Person').waitFor()
  assert.equal(await tab.evaluate(() => document.querySelector('connect-sign-in').session.connectHasSession), true)
  await tab.reload()
  await tab.getByRole('button', { name: 'Sign out' }).click()
  await tab.waitForURL(`${url}/logout`)
  await tab.getByRole('button', { name: 'Sign in' }).waitFor()
})
