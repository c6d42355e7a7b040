import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after } from 'node:test'

import { chromium } from 'playwright-core'

import { stop } from './processes.js'

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** One Chromium for all tests of a file. */
let shared
const isTest = process.env.NODE_TEST_CONTEXT !== undefined
if (isTest) after(async () => (await shared)?.close())

/** Debian's Chromium with nothing in it: no cookies, no storage, no cache. */
export async function startBrowser() {
  shared ??= chromium.launch({ executablePath: program(), args: ARGS })
  const browser = await shared
  const context = await browser.newContext()
  context.setDefaultTimeout(60_000)
  return {
    context,
    async close() {
      await context.close()
      if (isTest) return
      shared = undefined
      await browser.close()
    },
  }
}

/** A Chromium of its own, with a profile on disk. */
export async function startProfile({ args = [] } = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'tenure-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: program(),
    args: [...ARGS, ...args],
  })
  context.setDefaultTimeout(60_000)
  return {
    context,
    async close() {
      await context.close()
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/**
 * The same with one page whose focus the test gives and takes: by itself Playwright has every page
 * believe that it has the focus, always.
 */
export async function startFocusable() {
  const profile = await mkdtemp(join(tmpdir(), 'tenure-chromium-'))
  const args = [...ARGS, '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank']
  const child = spawn(program(), args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const browser = await chromium.connectOverCDP(await debugged(child), { noDefaults: true })
  const [context] = browser.contexts()
  context.setDefaultTimeout(60_000)
  const [page] = context.pages()
  const devtools = await context.newCDPSession(page)
  return {
    context,
    page,
    focus: (enabled) => devtools.send('Emulation.setFocusEmulationEnabled', { enabled }),
    async close() {
      await browser.close()
      await stop(child)
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

const program = () => process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Where Chromium says that it listens. */
function debugged(child) {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`Chromium ended with ${code}`)))
    createInterface({ input: child.stderr }).on('line', (line) => {
      const [, address] = /^DevTools listening on (ws:\S+)/.exec(line) ?? []
      if (address) resolve(address)
    })
  })
}

/** From now on the page's waits of a minute and more end when the test says so, and not before. */
export const holdLongWaits = (page) =>
  page.evaluate(() => {
    const { setTimeout } = globalThis
    globalThis.held = []
    globalThis.setTimeout = (then, delay, ...more) =>
      delay < 60_000 ? setTimeout(then, delay, ...more) : -held.push(then)
  })

/** A minute or more has passed. */
export const endLongWaits = (page) => page.evaluate(() => held.splice(0).forEach((then) => then()))

/** Fills in the server's sign-in form. */
export async function signInAsDemo(page) {
  await page.fill('input[name=username]', 'demo')
  await page.fill('input[name=password]', 'correct horse battery staple')
  await page.press('input[name=password]', 'Enter')
}
