import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'

import { startBrowser } from './support/browser.js'
import { openConnect } from './support/connect_app.js'
import { keys, told, visit } from './support/connect_log.js'
import { PACKAGES } from './support/connect_packages.js'
import { startRecorded } from './support/connect_server.js'
import { startSite } from './support/site.js'

const IDENTITY = {
  name: 'Demo Person',
  email: 'demo@example.com',
  agencyCloudId: 'DEMO',
  developerId: 'demo-developer',
  clientId: 'DMO',
  adminId: 'demo-admin',
  userCode: 'DP',
  groups: ['DemoAdmin', 'DemoUser'],
  orgName: 'Demo Estates',
  orgId: 'demo-organisation',
  offGroupIds: 'DMO,OTH',
  offGrouping: true,
  offGroupName: 'Demo Offices',
  officeId: 'DMO1',
  orgProduct: 'AgencyCloud',
}

const HOOK = [
  'connectSession',
  'connectAuthorizeRedirect',
  'connectLoginRedirect',
  'connectLogoutRedirect',
  'connectInternalRedirect',
  'connectIsDesktop',
  'connectHasSession',
  'connectClearSession',
]

/** What a version does not have. */
const none = () => {}

let server
before(async () => {
  server = await startRecorded()
})
after(() => server?.stop())

for (const kind of PACKAGES) {
  describe(kind.name, () => {
    let site, browser
    before(async () => {
      site = await startSite(kind.page, { define: { global: 'globalThis' } })
    })
    beforeEach(async () => {
      browser = await startBrowser()
    })
    afterEach(() => browser?.close())
    after(() => site?.stop())

    const open = (more) => openConnect({ context: browser.context, server, site, kind, ...more })
    const tokens = {
      [`REAPIT_REFRESH_TOKEN_${IDENTITY.email}_${kind.client}`]: '{refresh token}',
      [`REAPIT_LAST_AUTH_USER_${kind.client}`]: IDENTITY.email,
    }
    const login = visit(`/login?response_type=code&client_id=${kind.client}&redirect_uri=APP/cb`)
    const logout = (uri) => visit(`/logout?client_id=${kind.client}&logout_uri=${uri}`)

    test('signs in, refreshes and signs out as it is recorded', async () => {
      const path = '/deep/page?x=1&y=a+b'
      const app = await open({ path })
      await app.page.evaluate(() => void session.connectSession())
      await app.signIn()
      const first = await app.connectSession()
      assert.deepEqual(app.taken(), [kind.authorize(path), kind.exchange, keys])
      assert.deepEqual(first.loginIdentity, IDENTITY)
      assert.equal(app.address(), kind.arrivesAt)
      assert.deepEqual(await app.stored(), { tab: { ...tokens, ...kind.left(path) }, all: {} })
      assert.deepEqual(
        await app.page.evaluate(() => [session.connectHasSession, session.connectInternalRedirect]),
        [true, path],
      )
      // While it is fresh, nothing is asked for.
      assert.deepEqual(await app.connectSession(), first)
      assert.deepEqual(app.taken(), [])
      // Forgotten in memory: the stored refresh token is used, and replaced by its successor.
      await app.page.evaluate(() => session.connectClearSession())
      const second = await app.connectSession()
      assert.deepEqual(app.taken(), [kind.refresh, keys])
      assert.notEqual(second.refreshToken, first.refreshToken)
      // The page is loaded again: the refresh token wins over the code in the address.
      await app.page.clock.install()
      await app.reload()
      assert.deepEqual((await app.connectSession()).loginIdentity, IDENTITY)
      assert.deepEqual(app.taken(), [kind.refresh, keys])
      // Near expiry: one request, however many call.
      await app.page.clock.fastForward('00:56:00')
      assert.equal(await app.page.evaluate(() => session.connectHasSession), false)
      const results = await app.page.evaluate(() =>
        Promise.all([1, 2, 3].map(() => session.connectSession())),
      )
      assert.deepEqual(results.map(Boolean), kind.concurrent)
      assert.deepEqual(app.taken(), [kind.refresh, keys])
      await app.page.evaluate(() => session.connectLogoutRedirect())
      await app.back('/login')
      assert.deepEqual(app.taken(), [logout('APP/login')])
      assert.deepEqual(await app.stored(), { tab: kind.left(path), all: {} })
      await isSignedOut(app, kind, results[0].refreshToken)
      assert.deepEqual(app.errors, [])
    })

    test('signs in by the login page, and again after a refused code', async () => {
      const app = await open()
      await app.page.evaluate(() => session.connectLoginRedirect())
      await app.signIn()
      assert.deepEqual((await app.connectSession()).loginIdentity, IDENTITY)
      assert.deepEqual(app.taken(), [login, kind.exchange, keys])
      assert.deepEqual(await app.stored(), { tab: { ...tokens, ...kind.leftByLogin }, all: {} })
      const other = await open({ path: '/cb?code=bad&state=zzz', session: kind.takesAnyCode })
      assert.equal(await other.connectSession().catch(() => undefined), undefined)
      await other.page.waitForURL(/[?&]code=[\w-]{43}&/)
      const refused = JSON.parse(JSON.stringify(kind.exchange).replace('code={code}', 'code=bad'))
      assert.deepEqual(other.taken(), [refused, kind.authorize('/cb?state=zzz')])
      assert.deepEqual(other.errors, [
        'Reapit Connect Error: Error fetching session from Reapit Connect',
      ])
    })

    const withPkce = kind.pkce ? test : none
    withPkce('signs in without PKCE where it is told to', async () => {
      const app = await open({ session: { usePKCE: false } })
      await app.page.evaluate(() => void session.connectSession())
      await app.signIn()
      assert.deepEqual((await app.connectSession()).loginIdentity, IDENTITY)
      const plain = JSON.stringify([kind.authorize('/?'), kind.exchange, keys])
      const expected = plain.replace(/&code_(verifier|challenge)[^"]*/g, '')
      assert.deepEqual(app.taken(), JSON.parse(expected))
    })

    test('keeps the session of a desktop for all its windows', async () => {
      const app = await open({ desktop: true })
      assert.equal(await app.page.evaluate(() => session.connectIsDesktop), true)
      await app.page.evaluate(() => void session.connectSession())
      await app.signIn()
      await app.connectSession()
      assert.deepEqual(await app.stored(), { tab: {}, all: { ...tokens, ...kind.left('/?') } })
      assert.equal(
        await app.page.evaluate(() => Boolean(document.onmousemove)),
        kind.listensOnDesktop,
      )
    })

    test('refreshes in two windows of a desktop at once, and nobody is signed out', async () => {
      const app = await open({ desktop: true })
      await app.page.evaluate(() => void session.connectSession())
      await app.signIn()
      await app.connectSession()
      const windows = [app, await open({ desktop: true })]
      const before = await server.refreshes()
      for (let time = 0; time < 3; time += 1) {
        for (const { page } of windows) await page.evaluate(() => session.connectClearSession())
        const got = await Promise.all(windows.map((one) => one.connectSession()))
        assert.deepEqual(
          got.map((session) => session?.loginIdentity),
          [IDENTITY, IDENTITY],
        )
      }
      const { rotated, repeated, ...others } = await server.refreshes()
      assert.deepEqual({ ...others, rotated: before.rotated, repeated: before.repeated }, before)
      assert.equal(rotated >= before.rotated + 3, true)
    })

    test('signs out whoever was active and then was not', async () => {
      const app = await open({ session: { connectApplicationTimeout: 400 } })
      await app.page.clock.install()
      await app.reload(`${site.url}/x`)
      await app.page.clock.fastForward(900)
      assert.deepEqual([app.address(), app.taken()], ['APP/x', []])
      await app.page.mouse.move(5, 5)
      await app.page.clock.fastForward(400)
      await app.back('/login')
      assert.deepEqual(app.taken(), [logout('APP/login')])
    })

    test('gives React a session by its hook', async () => {
      const app = await open({ path: '/r1?q=2', hook: true })
      await app.signIn()
      const shown = await app.page.textContent('#ok')
      assert.deepEqual(JSON.parse(shown), IDENTITY)
      assert.deepEqual(app.taken(), [kind.authorize('/r1?q=2'), kind.exchange, keys])
      const told = await app.page.evaluate(() => [Object.keys(hook), hook.connectInternalRedirect])
      assert.deepEqual(told, [HOOK, '/r1?q=2'])
      // The page after that would sign in again.
      await app.page.evaluate(() => {
        sessionStorage.removeItem('settings')
        hook.connectLogoutRedirect('/custom')
      })
      await app.page.waitForURL(/\/(login|custom)$/)
      assert.deepEqual(app.taken(), [logout(kind.hookSignsOutTo)])
    })

    test('goes where it is told, if that is registered', async () => {
      const app = await open()
      await app.page.evaluate(() => session.connectLogoutRedirect('/custom'))
      await app.back('/custom')
      assert.deepEqual(app.taken(), [logout('/custom')])
      for (const go of ['connectLoginRedirect', 'connectAuthorizeRedirect']) {
        await app.reload(`${site.url}/x`)
        await app.page.evaluate((go) => void session[go]('https://other.example/cb'), go)
        await app.page.waitForURL((url) => url.href.startsWith(server.url))
        assert.match(await app.page.textContent('main'), /not registered/)
        const expected = go === 'connectLoginRedirect' ? login : kind.authorize('/x?')
        const elsewhere = {
          ...expected,
          url: expected.url.replace('APP/cb', 'https://other.example/cb'),
        }
        assert.deepEqual(app.taken(), [elsewhere])
      }
    })

    const inNode = kind.service ? test : none
    inNode('gets a service its token in Node', async (t) => {
      const { ReapitConnectServerSession } = await kind.inNode()
      const credentials = {
        connectClientId: 'connect-demo-service',
        connectClientSecret: 'demo-secret',
        connectOAuthUrl: server.url,
      }
      server.taken()
      const session = new ReapitConnectServerSession(credentials)
      const token = await session.connectAccessToken()
      assert.equal(await session.connectAccessToken(), token)
      const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))
      assert.equal(claims.sub, 'connect-demo-service')
      const asked = server.taken().map((entry) => told(entry, 'no page'))
      assert.deepEqual(asked, [kind.service('connect-demo-service', 'demo-secret')])
      const complaints = t.mock.method(console, 'error', () => {})
      const wrong = new ReapitConnectServerSession({ ...credentials, connectClientSecret: 'wrong' })
      assert.equal(await wrong.connectAccessToken(), undefined)
      assert.notEqual(complaints.mock.callCount(), 0)
    })
  })
}

/** The server has forgotten the person, and the refresh token with them. */
async function isSignedOut(app, kind, refreshToken) {
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: kind.client,
    refresh_token: refreshToken,
  })
  const answer = await fetch(`${server.url}/token`, { method: 'POST', body })
  assert.deepEqual([answer.status, (await answer.json()).error], [400, 'invalid_grant'])
  await app.page.evaluate(() => void session.connectSession())
  await app.page.waitForURL(/\/login\?continue=/)
}
