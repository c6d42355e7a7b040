import type { Session } from '@tenure/client'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { createApp, h, type App } from 'vue'
import { createRouter, createWebHashHistory, createWebHistory, RouterView } from 'vue-router'
import { startIssuer, type TestIssuer } from '../../react/test/support/issuer.js'
import { departures, memorySession, tokensOf } from '../../react/test/support/session.js'
import { Protected, SignedOut, tenure } from '../src/index.js'
import { until } from './support.js'

let issuer: TestIssuer
beforeAll(async () => void (issuer = await startIssuer()))
afterAll(() => issuer.close())
const shown: App[] = []
afterEach(() => {
  for (const app of shown.splice(0)) app.unmount()
  document.body.replaceChildren()
  localStorage.clear()
  sessionStorage.clear()
})

it('the plugin finishes a sign-in once, and shows nothing else before', async () => {
  const session = await comeBack('/orders/7?tab=items')
  const asked = issuer.asked.length
  const page = departures()
  const container = show(app().use(tenure, { session }))
  expect(container.textContent).toBe('wait')
  const seen = new Set<string>()
  const look = new MutationObserver(() => seen.add(container.textContent))
  look.observe(container, { subtree: true, childList: true, characterData: true })
  await until(() => container.textContent === 'secret')
  look.disconnect()
  expect([...seen]).toEqual(['secret'])
  expect(location.pathname + location.search).toBe('/orders/7?tab=items')
  expect(issuer.asked.length).toBe(asked + 1)
  expect(page.left).toBe(0)
})

it.each([
  ['', '/orders/7', () => createWebHistory()],
  ['/shop', '/shop/orders/7', () => createWebHistory('/shop/')],
  ['/#', '/#/orders/7', () => createWebHashHistory()],
])('the router goes on to where it began, below %o', async (base, returnTo, historyOf) => {
  const session = await comeBack(returnTo, `${base.replace('#', '')}/`.replace('//', '/'))
  const routes = [{ path: '/:all(.*)', component: { render: () => null } }]
  const router = createRouter({ history: historyOf(), routes })
  show(app().use(tenure, { session }).use(router))
  await until(() => router.currentRoute.value.fullPath === '/orders/7')
  expect(location.pathname + location.hash).toBe(returnTo)
})

it('it goes on as it is told', async () => {
  const gone: string[] = []
  const session = await comeBack('/deep')
  const container = show(app().use(tenure, { session, navigate: (to) => gone.push(to) }))
  await until(() => container.textContent === 'secret')
  expect(gone).toEqual(['/deep'])
})

it('what went wrong reaches what is protected, which can begin again', async () => {
  const session = await comeBack('/deep')
  const answer = new URL(location.href)
  answer.searchParams.delete('code')
  answer.searchParams.set('error', 'access_denied')
  history.replaceState(null, '', answer)
  const container = show(app().use(tenure, { session }))
  await until(() => container.textContent === 'outfailed: refused')
  const page = departures()
  container.querySelector('button')?.click()
  await until(() => page.left === 1)
  expect(container.textContent).toBe('outwait')
})

it('whoever is signed in hears nothing of an old answer', async () => {
  history.replaceState(null, '', '/?code=old&state=foreign')
  const session = memorySession(issuer)
  await session.adopt(tokensOf('Ada'))
  const container = show(app().use(tenure, { session }))
  await until(() => container.textContent === 'secret')
})

/** A session of the page that an issuer sent the person back to. */
async function comeBack(returnTo: string, path = '/callback'): Promise<Session> {
  history.replaceState(null, '', '/')
  const before = departures()
  const session = memorySession(issuer)
  session.signIn({ returnTo }).catch(() => undefined)
  await vi.waitFor(() => expect(before.left).toBe(1), 20_000)
  history.replaceState(null, '', `${path}?code=one&state=${before.state}`)
  return session
}

function app(): App {
  const slots = {
    default: () => 'secret',
    fallback: () => 'wait',
    failed: ({ error, again }: { error: Error; again: () => void }) =>
      h('button', { onClick: again }, `failed: ${'code' in error && String(error.code)}`),
  }
  return createApp({
    render: () => [h(SignedOut, null, () => 'out'), h(Protected, null, slots)],
    components: { RouterView },
  })
}

function show(app: App): HTMLElement {
  const container = document.body.appendChild(document.createElement('main'))
  app.mount(container)
  shown.push(app)
  return container
}
