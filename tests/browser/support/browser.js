import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { chromium } from 'playwright-core'

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

/** Debian's Chromium with a fresh profile. */
export async function startBrowser({ args = [], ...options } = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'tenure-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...ARGS, ...args],
    ...options,
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

/** Fills in the server's sign-in form. */
export async function signInAsDemo(page) {
  await page.fill('input[name=username]', 'demo')
  await page.fill('input[name=password]', 'correct horse battery staple')
  await page.press('input[name=password]', 'Enter')
}
