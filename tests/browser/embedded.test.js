// `examples/embedded`: a page of an application and the sign-in of Tenure below a path of the same
// host, used by a person.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

import { startBrowser } from './support/browser.js'
import { later } from './support/later.js'
import { firstLine, stop } from './support/processes.js'

const root = new URL('../../', import.meta.url).pathname
const PROGRAM = process.env.TENURE_EMBEDDED ?? join(root, 'target/debug/embedded')

async function startApplication(t) {
  const stdio = ['ignore', 'pipe', 'inherit']
  const child = spawn(PROGRAM, ['127.0.0.1:0'], { stdio })
  later(t, () => stop(child))
  const [, url] = await firstLine(child, /Ready: (\S+)/)
  return url
}

async function open(t, url) {
  const browser = await startBrowser()
  later(t, () => browser.close())
  const page = await browser.context.newPage()
  await page.goto(url)
  return page
}

test('a person signs in to an application that has Tenure below a path, and out again', async (t) => {
  const url = await startApplication(t)
  const page = await open(t, url)
  await page.getByText('Who are you?').waitFor()
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`${url}/auth/login?**`)
  await page.getByLabel('User name').fill('ada')
  await page.getByLabel('Password').fill('correct horse battery staple')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Hello, ada.').waitFor()
  assert.equal(page.url(), `${url}/`)

  // The session outlives the page, and the issuer's own pages know who it is.
  await page.reload()
  await page.getByText('Hello, ada.').waitFor()
  const sessions = await page.context().newPage()
  await sessions.goto(`${url}/auth`)
  await sessions.getByText('You are signed in as ada.').waitFor()
  await sessions.getByRole('button', { name: 'End the session of page' }).waitFor()

  const left = page.waitForResponse((answer) => answer.url().startsWith(`${url}/auth/logout?`))
  await page.getByRole('button', { name: 'Sign out' }).click()
  await left
  await page.getByText('Who are you?').waitFor()
  await sessions.reload()
  await sessions.getByText('Nobody is signed in in this browser.').waitFor()
})
