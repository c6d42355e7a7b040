/** Opens the page of `pages/plain.js` with its settings. */
export async function openApp(context, site, settings, path = '/') {
  const page = await context.newPage()
  await page.goto(`${site.url}/blank`)
  await page.evaluate((settings) => localStorage.setItem('settings', JSON.stringify(settings)), settings)
  await page.goto(`${site.url}${path}`)
  await page.waitForFunction('globalThis.loaded')
  return page
}

/** Signs the demo account in by redirect; the page is back afterwards. */
export async function signIn(page, signInAs) {
  await page.evaluate(() => void session.signIn())
  await page.waitForURL(/login|authorize|interaction/)
  await signInAs(page)
  await page.waitForURL(/\/callback/)
  await page.waitForFunction('globalThis.loaded')
  return page.evaluate(() => callback)
}
