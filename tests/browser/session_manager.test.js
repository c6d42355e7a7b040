// `@tenure/session-manager` in real tabs, with its usual storages. The server is a stand-in: what the
// pages ask it for is answered here, and each refresh token is good once.

import assert from 'node:assert/strict'
import { afterEach, before, beforeEach, test } from 'node:test'

import { build } from 'esbuild'

import { startBrowser } from './support/browser.js'
import { allBlocks } from './support/readme.js'

const root = new URL('../../', import.meta.url).pathname
const HTTPS = 'https://app.example'
const HTTP = 'http://app.example'

let script, browser, server
before(async () => {
  const { code } = allBlocks().find((block) => block.code.includes('class IndexedDBStorage'))
  const bundle = await build({
    stdin: {
      contents: `${code}
        import * as all from '@tenure/session-manager'
        Object.assign(globalThis, all, { IndexedDBStorage })`,
      loader: 'ts',
      resolveDir: root,
    },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    alias: {
      '@tenure/client': `${root}packages/client/src/index.ts`,
      '@tenure/client/protocol': `${root}packages/client/src/protocol.ts`,
      '@tenure/session-manager': `${root}packages/session-manager/src/index.ts`,
    },
    logLevel: 'error',
  })
  script = bundle.outputFiles[0].text
})
beforeEach(async () => {
  browser = await startBrowser()
  server = { access: 'AT-1', refresh: 'RT-1', refreshes: 0 }
  await browser.context.route('**/*', answer)
})
afterEach(() => browser.close())

async function answer(route) {
  const request = route.request()
  const { pathname } = new URL(request.url())
  if (pathname === '/app.js') return route.fulfill({ contentType: 'text/javascript', body: script })
  if (pathname === '/') {
    const body = '<!doctype html><title>app</title><script type=module src=/app.js></script>'
    return route.fulfill({ contentType: 'text/html', body })
  }
  const token = (await request.allHeaders()).authorization
  if (pathname === '/api') {
    const status = token === `Bearer ${server.access}` ? 200 : 401
    return route.fulfill({ status, json: { ok: status === 200 } })
  }
  if (pathname === '/v1/auth/logout') return route.fulfill({ json: {} })
  server.refreshes += 1
  if (request.postDataJSON().refresh_token !== server.refresh) return route.fulfill({ status: 401, json: {} })
  const next = server.refreshes + 1
  Object.assign(server, { access: `AT-${next}`, refresh: `RT-${next}` })
  return route.fulfill({ json: { access_token: server.access, refresh_token: server.refresh, session_data: '' } })
}

/** A tab with a manager and a client of its own; `storage` is code. */
async function openTab(origin = HTTPS, storage = 'undefined') {
  const page = await browser.context.newPage()
  await page.goto(`${origin}/`)
  await page.waitForFunction(() => globalThis.AuthSessionManager)
  await page.evaluate((storage) => {
    const apiClientConfig = { baseURL: location.origin }
    globalThis.manager = new AuthSessionManager({ apiClientConfig, storage: new Function(`return ${storage}`)() })
    globalThis.client = new HttpClient(manager)
    globalThis.api = () => client.get('/api', { authenticated: true })
  }, storage)
  return page
}

const TOKENS = { session_id: '0x1', access_token: 'AT-1', refresh_token: 'RT-1' }
const signIn = (page) => page.evaluate((tokens) => manager.setTokens(tokens), TOKENS)

test('two tabs with ten requests each refresh once', async () => {
  const tabs = [await openTab(), await openTab()]
  await signIn(tabs[0])
  server.access = 'another'
  const ask = (tab) => tab.evaluate(() => Promise.all(Array.from({ length: 10 }, () => api())))
  const answers = (await Promise.all(tabs.map(ask))).flat()
  assert.deepEqual(answers, Array(20).fill({ ok: true }))
  assert.equal(server.refreshes, 1)
})

test('the values have the names and the cookie of the original', async () => {
  const page = await openTab()
  await signIn(page)
  const kept = await page.evaluate(() => ({ ...localStorage }))
  assert.equal(kept['w3a:access_token'], 'AT-1')
  assert.equal(kept['w3a:session_id'], `0x${'1'.padStart(64, '0')}`)
  const [cookie] = await browser.context.cookies(HTTPS)
  const { name, value, path, secure, sameSite, httpOnly } = cookie
  assert.deepEqual(
    { name, value, path, secure, sameSite, httpOnly },
    { name: 'w3a:refresh_token', value: 'RT-1', path: '/', secure: true, sameSite: 'Strict', httpOnly: false },
  )
})

test('a logout in one tab is seen in the other, and nothing is left', async () => {
  const [one, other] = [await openTab(), await openTab()]
  await signIn(one)
  assert.equal(await other.evaluate(() => manager.getAccessToken()), 'AT-1')
  await one.evaluate(() => manager.logout())
  assert.equal(await other.evaluate(() => manager.getAccessToken()), null)
  const names = await other.evaluate(() => Object.keys(localStorage).filter((it) => it.startsWith('w3a:')))
  assert.deepEqual([names, await browser.context.cookies(HTTPS)], [[], []])
})

test('a page of http is told that it keeps no Secure cookie, and keeps another', async () => {
  const page = await openTab(HTTP)
  const refused = await page.evaluate(
    (tokens) => manager.setTokens(tokens).catch(({ message }) => message),
    TOKENS,
  )
  assert.match(refused, /secure: false/)
  const plain = await openTab(HTTP, '{ refreshToken: new CookieStorage({ secure: false }) }')
  await signIn(plain)
  assert.equal(await plain.evaluate(() => manager.getRefreshToken()), 'RT-1')
})

test('the adapter of the README keeps tokens in IndexedDB, for the next page too', async () => {
  const storage = '{ refreshToken: new IndexedDBStorage(), accessToken: new IndexedDBStorage() }'
  const page = await openTab(HTTPS, storage)
  await signIn(page)
  server.access = 'another'
  const next = await openTab(HTTPS, storage)
  assert.deepEqual(await next.evaluate(() => api()), { ok: true })
  assert.equal(await next.evaluate(() => manager.getRefreshToken()), 'RT-2')
  assert.deepEqual(await browser.context.cookies(HTTPS), [])
  assert.equal(server.refreshes, 1)
})
