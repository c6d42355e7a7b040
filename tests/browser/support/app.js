import { signInAsDemo } from './browser.js'

/** Opens the page of `pages/plain.js` with its settings. */
export async function openApp(context, site, settings, path = '/', page) {
  page ??= await context.newPage()
  await page.goto(`${site.url}/blank`)
  await page.evaluate((settings) => localStorage.setItem('settings', JSON.stringify(settings)), settings)
  await go(page, `${site.url}${path}`)
  return page
}

/** Goes to an address of the application and waits until it runs. */
export async function go(page, address) {
  await page.goto(address)
  await page.waitForFunction('globalThis.loaded')
}

/** Signs the demo account in by redirect; the page is back afterwards. Who is known sees no form. */
export async function signIn(page, signInAs = signInAsDemo) {
  await page.evaluate(() => void session.signIn())
  await page.waitForURL(/login|sign-in|\/callback/)
  if (!new URL(page.url()).pathname.startsWith('/callback')) await signInAs(page)
  await page.waitForURL(/\/callback/)
  await page.waitForFunction('globalThis.loaded')
  return page.evaluate(() => callback)
}

/** Moves the clock of all pages, which the test has installed, past the end of the access token. */
export async function expire(page) {
  await page.waitForFunction(() => session.snapshot().status === 'signed_in')
  const left = await page.evaluate(() => session.snapshot().expiresAt - Date.now())
  await page.clock.fastForward(Math.max(0, left) + 1)
}
