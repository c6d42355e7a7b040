// Every block of code of every README is run here as it stands there, or listed below with a reason.

import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'

import { later } from './support/later.js'
import { until } from './support/processes.js'
import {
  folderFor,
  start,
  startExample,
  startNode,
  startShell,
  TENURE,
} from './support/programs.js'
import { startPage, startProject } from './support/project.js'
import { allBlocks } from './support/readme.js'
import { signIn, startWorld, WRITTEN } from './support/readme_world.js'

/** What cannot run here, and why. */
const LISTED = {
  'README.md: cargo xtask run     # a server on http://127.0.0.1:8484 with a demo account; Ctrl-C stops it':
    'the server of this test, and the command that runs this test',
  'README.md: cargo xtask sim --seeds 1000000   # a million worlds; a violation prints its seed':
    'steps of `cargo xtask test` of their own, with fewer seeds',
  'packages/react/README.md: npm install @tenure/react @tenure/client':
    'asks a registry; packages/consumers installs the same from tarballs',
  'packages/vue/README.md: npm install @tenure/vue @tenure/client':
    'asks a registry; packages/consumers installs the same from tarballs',
  'packages/connect-session/README.md: npm install @tenure/connect-session @tenure/client':
    'asks a registry; packages/consumers installs the same from tarballs',
  "packages/connect-session/README.md: -import { ReapitConnectBrowserSession, useReapitConnect } from '@reapit/connect-session'":
    'a change of one line; connect.test.js runs an application before and after it',
  'packages/connect-session/README.md: const who = await connectSessionVerifyDecodeIdToken(token, {':
    'packages/consumers/node.test.ts runs it in Node, with keys of an issuer',
  'packages/connect-session/README.md: module.exports = {':
    'the configuration of webpack 4; packages/consumers/older.test.ts builds with it',
  "packages/connect-session/README.md: jest.mock('@tenure/connect-session')":
    'a test for jest; packages/consumers/older.test.ts runs it',
  'packages/session-manager/README.md: npm install @tenure/session-manager @tenure/client':
    'asks a registry; packages/consumers installs the same from tarballs',
  "packages/session-manager/README.md: -import { AuthSessionManager, HttpClient, StorageManager } from '@toruslabs/session-manager'":
    'a change of one line; packages/types/session-manager holds the types of both against each other',
  "packages/session-manager/README.md: import { StorageManager } from '@tenure/session-manager'":
    'packages/session-manager/test/readme.test.ts runs it',
  "packages/session-manager/README.md: import { AuthSessionManager, HttpClient } from '@tenure/session-manager'":
    'packages/session-manager/test/readme.test.ts runs it',
  'packages/session-manager/README.md: await session.setTokens({':
    'packages/session-manager/test/readme.test.ts runs it',
  'packages/session-manager/README.md: const sessionData = await session.authorize()':
    'packages/session-manager/test/readme.test.ts runs it',
  'packages/session-manager/README.md: const accessToken = await session.getAccessToken()':
    'packages/session-manager/test/readme.test.ts runs it',
  'packages/session-manager/README.md: const http = new HttpClient(session)':
    'packages/session-manager/test/readme.test.ts runs it',
  'packages/session-manager/README.md: import {':
    'packages/session-manager/test/readme.test.ts runs it',
  "packages/session-manager/README.md: import type { IStorageAdapter } from '@tenure/session-manager'":
    'session_manager.test.js keeps tokens with it',
  'packages/session-manager/README.md: const session = new AuthSessionManager({':
    'packages/session-manager/test/readme.test.ts runs it',
  'docs/operators.md: server {': 'the configuration of nginx, on a machine with certificates',
  'docs/operators.md: id.example.com {': 'the configuration of Caddy, on a machine with certificates',
  'packages/auth-connect/README.md: const { useAuthentication, useSession, useBackendAPI, authGuard } = createComposables({ … })':
    'leaves out what the block before it shows; ready.test.js runs the whole',
}

const blocks = allBlocks()
const isRun = new Set()

/** A test of a block, or of some that belong together. */
function run(says, names, body) {
  for (const name of names) isRun.add(name)
  test(says, async (t) => {
    const codes = names.map((name) => {
      const found = blocks.filter((block) => block.name === name)
      assert.equal(found.length, 1, `there is one block ${name}`)
      return found[0].code
    })
    await body(t, ...codes)
  })
}

let world
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

test('every block is run, or listed with a reason', () => {
  const names = blocks.map(({ name }) => name)
  assert.deepEqual([...new Set(names)], names, 'each block has a name of its own')
  const known = [...isRun, ...Object.keys(LISTED)]
  assert.deepEqual(names.filter((name) => !known.includes(name)), [], 'neither run nor listed')
  assert.deepEqual(known.filter((name) => !names.includes(name)), [], 'there is no such block')
})

run(
  'the lines for a shell sign in, ask, and sign out',
  ['README.md: cargo build --bin tenure && PATH="$PWD/target/debug:$PATH"'],
  async (t, lines) => {
    const shell = await startShell(t, lines, world.env)
    const url = await until(
      () => readFile(shell.opened, 'utf8').catch(() => ''),
      (text) => text.endsWith('\n'),
    )
    await world.signInBy(url.trim())
    assert.equal(await shell.ended, 0, shell.printed.err)
    const [token, ...rest] = shell.printed.out.split('\n')
    assert.equal(token.split('.').length, 3)
    assert.equal(rest.join('\n').match(/"preferred_username":"demo"/g)?.length, 2)
    const status = start(t, TENURE, ['status'], shell)
    assert.equal(await status.ended, 3, 'signed out')
  },
)

run(
  'the program in Rust signs in once, and is signed in when it runs again',
  ['README.md: use tenure_client::{'],
  async (t) => {
    const cwd = await folderFor(t)
    const first = startExample(t, cwd, world.env)
    const open = await until(
      () => /^Open (\S+)\n/m.exec(first.printed.err),
      (found) => found !== null,
    )
    await world.signInBy(open[1])
    assert.equal(await first.ended, 0, first.printed.err)
    const who = /^\{"sub":"[\w-]+".*\}$/m
    const [person] = who.exec(first.printed.err) ?? []
    assert.ok(person, first.printed.err)
    const second = startExample(t, cwd, world.env)
    assert.equal(await second.ended, 0, second.printed.err)
    assert.equal(second.printed.err, `${person}\n`)
  },
)

run(
  'the page of the first README signs in, asks, and signs out',
  ["README.md: import { createSession } from '@tenure/client'"],
  async (t, main) => {
    const page = await open(t, { 'main.js': main })
    await signIn(page)
    await page.getByText('Signed in as demo').waitFor()
    await signOutAndIn(page, 'Sign out')
    await page.getByText('Signed in as demo').waitFor()
  },
)

run(
  'the page of the client signs in and out',
  [
    "packages/client/README.md: import { createSession } from '@tenure/client'",
    "packages/client/README.md: import { session } from './session'",
  ],
  async (t, session, main) => {
    const page = await open(t, { 'main.ts': main, 'session.ts': session }, '/cards?page=2')
    await button(page, 'Sign in').click()
    await signIn(page)
    await button(page, 'Sign demo out').waitFor()
    assert.equal(placeOf(page), '/cards?page=2')
    await button(page, 'Sign demo out').click()
    await button(page, 'Sign in').waitFor()
    assert.equal(placeOf(page), '/')
    await button(page, 'Sign in').click()
    await signIn(page)
    await button(page, 'Sign demo out').waitFor()
  },
)

run(
  'what a session of the client can do is so',
  [
    "packages/client/README.md: import { createSession } from '@tenure/client'",
    "packages/client/README.md: await session.signIn({ mode: 'popup' }) // from a click; without the mode, the page leaves",
  ],
  async (t, session, calls) => {
    const main = `import { session } from './session'
      await session.handleCallback()
      const button = document.body.appendChild(document.createElement('button'))
      button.textContent = 'Go'
      button.onclick = async () => {
        ${calls}
        const { status } = session.snapshot()
        globalThis.seen = [response.status, token.split('.').length, status]
      }`
    const page = await open(t, { 'main.ts': main, 'session.ts': session })
    const opening = world.browser.context.waitForEvent('page')
    await button(page, 'Go').click()
    await signIn(await opening)
    await page.waitForFunction('globalThis.seen')
    assert.deepEqual(await page.evaluate('seen'), [200, 3, 'signed_out'])
  },
)

run(
  'the program in Node asks an API as itself',
  ["packages/client/README.md: import { createSession, fileStorage } from '@tenure/client/node'"],
  async (t, code) => {
    const env = { CLIENT_SECRET: 'demo-secret' }
    const program = await startNode(t, code, { servers: world.servers, env })
    assert.equal(await program.ended, 0, program.printed.err)
    assert.equal(program.printed.out, 'cards for demo-service\n')
  },
)

run(
  'the first application in React signs in, and out for a person',
  ["packages/react/README.md: import { createSession } from '@tenure/client'"],
  async (t, main) => {
    const page = await open(t, { 'main.tsx': main }, '/?page=2')
    await signIn(page)
    await button(page, 'Sign demo out').waitFor()
    assert.equal(placeOf(page), '/?page=2')
    await signOutAndIn(page, 'Sign demo out')
    await button(page, 'Sign demo out').waitFor()
  },
)

run(
  'the application with a router goes on to the page that was asked for',
  ["packages/react/README.md: import { createSession } from '@tenure/client' (2)"],
  async (t, main) => {
    const page = await open(t, { 'main.tsx': main }, '/orders')
    await signIn(page)
    await page.getByText('Your orders').waitFor()
    assert.equal(placeOf(page), '/orders')
    await page.goto(new URL('/', page.url()).href)
    await page.getByRole('link', { name: 'Orders' }).click()
    await page.getByText('Your orders').waitFor()
  },
)

run(
  'a page for callbacks goes on, and the code is exchanged once',
  ["packages/react/README.md: import { Callback } from '@tenure/react'"],
  async (t, callback) => {
    const main = `import { createSession } from '@tenure/client'
      import { Protected, SessionProvider } from '@tenure/react'
      import { createRoot } from 'react-dom/client'
      import { createBrowserRouter, RouterProvider } from 'react-router'
      import { CallbackPage } from './callback'
      const issuer = 'http://${WRITTEN}'
      const session = createSession({ issuer, clientId: 'demo-spa', redirectUri: '/callback' })
      const router = createBrowserRouter([
        { path: '/orders', element: <Protected>Your orders</Protected> },
        { path: '/callback', element: <CallbackPage /> },
      ])
      createRoot(document.getElementById('root')).render(
        <SessionProvider session={session}><RouterProvider router={router} /></SessionProvider>,
      )`
    const page = await open(t, { 'main.tsx': main, 'callback.tsx': callback }, '/orders')
    let exchanges = 0
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/token')) exchanges += 1
    })
    await signIn(page)
    await page.getByText('Your orders').waitFor()
    assert.equal(placeOf(page), '/orders')
    assert.equal(exchanges, 1)
  },
)

run(
  'the application in Vue signs in from any page, and out for a person',
  [
    "packages/vue/README.md: import { createSession } from '@tenure/client'",
    'packages/vue/README.md: <script setup>',
  ],
  async (t, main, orders) => {
    const page = await open(t, { 'main.ts': main, 'Orders.vue': orders }, '/orders')
    await signIn(page)
    await button(page, 'Sign demo out').waitFor()
    assert.equal(placeOf(page), '/orders')
    await signOutAndIn(page, 'Sign demo out')
    await button(page, 'Sign demo out').waitFor()
  },
)

run(
  'the button of connect-session signs in from a script tag',
  [
    'packages/connect-session/README.md: <script src="node_modules/@tenure/connect-session/dist/button.iife.js"></script>',
  ],
  async (t, html) => {
    const site = await startPage(`<!doctype html><title>shop</title>\n${html}`)
    later(t, () => site.stop())
    const page = await world.show(t, `${site.url}/`)
    await button(page, 'Sign in').click()
    await signIn(page)
    await page.getByText('Demo Person').waitFor()
  },
)

run(
  'the import of Auth Connect has these names',
  [
    "packages/auth-connect/README.md: import { AuthConnect, Auth0Provider, type AuthResult } from '@tenure/auth-connect'",
  ],
  async (t, code) => {
    const main = `${code}
      const none: AuthResult | null = null
      document.body.textContent = [typeof AuthConnect.login, new Auth0Provider() && none].join()`
    const page = await open(t, { 'main.ts': main })
    await page.getByText('function,').waitFor()
  },
)

run(
  'the ready modules of Auth Connect sign in',
  [
    "packages/auth-connect/README.md: import { createAuthentication, createInterceptors, OktaProvider } from '@tenure/auth-connect'",
  ],
  async (t, code) => {
    const main = `import axios from 'axios'
      const options = {
        audience: '',
        clientId: 'demo-spa',
        discoveryUrl: 'http://${WRITTEN}/.well-known/openid-configuration',
        logoutUrl: location.origin + '/callback',
        redirectUri: location.origin + '/callback',
        scope: 'openid profile offline_access',
      }
      ${code}
      await authentication.setup()
      if (location.pathname === '/callback') await authentication.handleAuthCallback()
      if (!(await authentication.isAuthenticated())) await authentication.login()
      document.body.textContent = 'signed in'`
    const page = await open(t, { 'main.ts': main })
    await signIn(page)
    await page.getByText('signed in').waitFor()
  },
)

const ofOperators = blocks.filter(({ document }) => document === 'docs/operators.md')
for (const { name, code } of ofOperators.filter(({ language }) => language === 'toml')) {
  const clients = [...code.matchAll(/^id = "(.*)"$/gm)].map(([, id]) => id)
  run(`a server starts with the configuration of ${clients.join(' and ')}`, [name], async (t, toml) => {
    const { cwd, env } = await startServer(t, toml)
    const args = ['clients', 'list', '--json', '--config', 'tenure.toml']
    const listed = start(t, TENURE, args, { cwd, env })
    assert.equal(await listed.ended, 0, listed.printed.err)
    for (const id of clients) assert.ok(listed.printed.out.includes(`"${id}"`), id)
  })
}

const adding = blocks.filter(({ code }) => code.startsWith('tenure clients add'))
for (const { name, code } of adding) {
  const [back] = /(?<=--redirect-uri )\S+/.exec(code) ?? []
  run(`a client is added that comes back to ${back}: ${name}`, [name], async (t, lines) => {
    const server = await startServer(t, '')
    const path = `${dirname(TENURE)}:${process.env.PATH}`
    const env = { ...server.env, PATH: path }
    const adding = start(t, 'bash', ['-euo', 'pipefail', '-c', lines], { cwd: server.cwd, env })
    assert.equal(await adding.ended, 0, adding.printed.err)
    const listed = start(t, TENURE, ['clients', 'list', '--json'], server)
    assert.equal(await listed.ended, 0, listed.printed.err)
    assert.ok(listed.printed.out.includes(back))
  })
}

/** A server with this configuration, in a folder of its own. */
async function startServer(t, toml) {
  const cwd = await folderFor(t)
  await writeFile(join(cwd, 'tenure.toml'), toml)
  const env = { TENURE_LISTEN: '127.0.0.1:0', TENURE_DATA_DIR: join(cwd, 'data') }
  const server = start(t, TENURE, ['serve', '--config', 'tenure.toml'], { cwd, env })
  await until(
    () => server.printed,
    ({ out }) => out.includes('Tenure is ready'),
  )
  return { cwd, env }
}

test('`tenure dev` says who can sign in and as which client, and the documents do, too', async (t) => {
  const cwd = await folderFor(t)
  const args = ['dev', '--listen', '127.0.0.1:0', '--data', 'data']
  const server = start(t, TENURE, args, { cwd, env: {} })
  await until(
    () => server.printed,
    ({ out }) => out.includes('connect-demo'),
  )
  const root = new URL('../../', import.meta.url)
  const texts = ['README.md', 'docs/operators.md'].map((name) => readFile(new URL(name, root), 'utf8'))
  for (const text of [server.printed.out, ...(await Promise.all(texts))]) {
    for (const name of ['correct horse battery staple', 'demo-spa', 'demo-cli', 'demo-service']) {
      assert.ok(text.includes(name), `${name} is in ${text.slice(0, 40)}…`)
    }
  }
})

/** Builds an application of these files and opens it, with nobody signed in anywhere. */
async function open(t, files, path = '/') {
  const site = await startProject(files)
  later(t, () => site.stop())
  return world.show(t, site.url + path)
}

/** After a sign-out for a person, the next sign-in asks who it is. */
async function signOutAndIn(page, name) {
  await button(page, name).click()
  await signIn(page)
}

const button = (page, name) => page.getByRole('button', { name, exact: true })
const placeOf = (page) => new URL(page.url()).pathname + new URL(page.url()).search
