// What the code of the documents finds: the server, an API and a browser, at the addresses written there.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'

import { freePort, startProxy } from './addresses.js'
import { signInAsDemo, startProfile } from './browser.js'
import { later } from './later.js'
import { startTenure } from './server.js'

/** The server as the documents write it. */
export const WRITTEN = '127.0.0.1:8484'
const API = '127.0.0.1:3000'

export async function startWorld() {
  const listen = `127.0.0.1:${await freePort()}`
  const tenure = await startTenure({ listen, env: { TENURE_ISSUER: `http://${WRITTEN}` } })
  const api = createServer((request, response) => void answer(request, response, listen))
  await new Promise((resolve) => api.listen(0, '127.0.0.1', resolve))
  const servers = { [WRITTEN]: listen, [API]: `127.0.0.1:${api.address().port}` }
  const proxy = await startProxy(servers)
  const browser = await startProfile({ args: proxy.args })
  return {
    browser,
    servers,
    /** For programs that go by these addresses. */
    env: proxy.env,
    show: (t, address) => show(browser.context, t, address),
    signInBy: (address) => signInBy(browser.context, address),
    async stop() {
      await browser.close()
      await proxy.stop()
      api.close()
      api.closeAllConnections()
      await tenure.stop()
    },
  }
}

/** Signs in at the server's form, which asks for the password. */
export async function signIn(page) {
  await page.waitForSelector('input[name=password]')
  await signInAsDemo(page)
}

/** An API that asks the server who it is that asks. */
async function answer({ headers }, response, server) {
  const token = (headers.authorization ?? '').replace('Bearer ', '')
  const body = new URLSearchParams({ token })
  const authorization = `Basic ${btoa('demo-service:demo-secret')}`
  const asked = { method: 'POST', body, headers: { authorization } }
  const { active, client_id } = await (await fetch(`http://${server}/introspect`, asked)).json()
  response.writeHead(active ? 200 : 401).end(active ? `cards for ${client_id}` : 'nothing')
}

/** Opens an address, with nobody signed in; a page that complains fails the test. */
async function show(context, t, address) {
  await context.clearCookies()
  const page = await context.newPage()
  const complaints = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  later(t, async () => {
    await page.close()
    assert.deepEqual(complaints, [])
  })
  await page.goto(address, { waitUntil: 'commit' })
  return page
}

/** Signs in for a program that waits for it. */
async function signInBy(context, address) {
  await context.clearCookies()
  const page = await context.newPage()
  await page.goto(address)
  await signIn(page)
  await page.getByText('You are signed in').waitFor()
  await page.close()
}
