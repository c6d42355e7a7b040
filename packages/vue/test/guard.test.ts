import type { Session } from '@tenure/client'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { createApp, h, type App } from 'vue'
import {
  createRouter,
  createWebHashHistory,
  createWebHistory,
  RouterView,
  type Router,
  type RouterHistory,
} from 'vue-router'
import { startIssuer, type TestIssuer } from '../../react/test/support/issuer.js'
import { departures, memorySession, tokensOf } from '../../react/test/support/session.js'
import { sessionGuard, tenure } from '../src/index.js'
import { until } from './support.js'

let issuer: TestIssuer
beforeAll(async () => void (issuer = await startIssuer()))
afterAll(() => issuer.close())
const open: { app: App; router: Router }[] = []
afterEach(async () => {
  for (const { app, router } of open.splice(0)) {
    // A sign-in that is waited for ends with this.
    await router.push('/about')
    app.unmount()
  }
  localStorage.clear()
  sessionStorage.clear()
  issuer.down = false
  issuer.gate = null
})

it('lets everybody see what is public and whoever is signed in the rest', async () => {
  history.replaceState(null, '', '/')
  const page = departures()
  const session = memorySession(issuer)
  const router = start(session, createWebHistory())
  await router.isReady()
  expect(router.currentRoute.value.path).toBe('/')
  await session.adopt(tokensOf('Ada'))
  await router.push('/orders/7')
  expect(router.currentRoute.value.path).toBe('/orders/7')
  expect(page.returns).toEqual([])
})

it.each([
  ['', '/orders/7?tab=items#last', () => createWebHistory()],
  ['/shop', '/shop/orders/7?tab=items#last', () => createWebHistory('/shop/')],
  ['/#', '/#/orders/7?tab=items#last', () => createWebHashHistory()],
])('keeps a deep link over the sign-in, below %o', async (base, address, historyOf) => {
  history.replaceState(null, '', address)
  const page = departures()
  const session = memorySession(issuer)
  const before = start(session, historyOf(), { base })
  await until(() => page.left > 0)
  expect(page.left).toBe(1)
  expect(page.returns).toEqual([address])
  expect(before.currentRoute.value.matched).toEqual([])

  // The page comes back: everything is made anew but what is in storage.
  history.replaceState(null, '', `${base.replace('#', '')}?code=one&state=${page.state}`)
  const back = memorySession(issuer)
  const router = start(back, historyOf(), { base })
  await router.isReady()
  expect(router.currentRoute.value.fullPath).toBe('/orders/7?tab=items#last')
  expect(`${location.pathname}${location.search}${location.hash}`).toBe(address)
  expect(back.snapshot().status).toBe('signed_in')
})

it('comes back to the page where a button began the sign-in', async () => {
  history.replaceState(null, '', '/shop/orders/8?tab=notes')
  const page = departures()
  memorySession(issuer)
    .signIn()
    .catch(() => undefined)
  await until(() => page.left === 1)
  history.replaceState(null, '', `/shop/callback?code=one&state=${page.state}`)
  const router = start(memorySession(issuer), createWebHistory('/shop/'), { base: '/shop/' })
  await router.isReady()
  expect(router.currentRoute.value.fullPath).toBe('/orders/8?tab=notes')
})

it('starts again when the person comes back to the page as it was left', async () => {
  history.replaceState(null, '', '/')
  const page = departures()
  const router = start(memorySession(issuer), createWebHistory())
  await router.isReady()
  const going = router.push('/orders/7')
  await until(() => page.left === 1)
  window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
  await until(() => page.left === 2)
  await router.push('/about')
  await going
  expect(router.currentRoute.value.path).toBe('/about')
  expect(page.left).toBe(2)
})

it('does not leave when the person went elsewhere meanwhile', async () => {
  history.replaceState(null, '', '/')
  const page = departures()
  const router = start(memorySession(issuer), createWebHistory())
  await router.isReady()
  let answer = (): void => undefined
  issuer.gate = new Promise((open) => (answer = open))
  const { requests } = issuer
  void router.push('/orders/7')
  await until(() => issuer.requests > requests)
  await router.push('/about')
  answer()
  await until(() => page.returns.length === 1)
  expect(router.currentRoute.value.path).toBe('/about')
  await memorySession(issuer).ready()
  expect(page.left).toBe(0)
})

it('goes where it is told when the sign-in failed', async () => {
  history.replaceState(null, '', '/?code=foreign&state=foreign')
  const seen: string[] = []
  const failed = (error: Error): string => {
    seen.push('code' in error ? String(error.code) : error.name)
    return '/about'
  }
  const router = start(memorySession(issuer), createWebHistory(), { failed })
  await router.isReady()
  expect(router.currentRoute.value.path).toBe('/about')
  expect(seen).toEqual([expect.stringMatching(/^state_/)])
  issuer.down = true
  await router.push('/orders/7')
  expect(router.currentRoute.value.path).toBe('/about')
  expect(seen[1]).toBe('unavailable')
})

it('fails the navigation with the error where nobody else takes it', async () => {
  history.replaceState(null, '', '/')
  issuer.down = true
  const router = start(memorySession(issuer), createWebHistory())
  await router.isReady()
  await expect(router.push('/orders/7')).rejects.toMatchObject({ code: 'unavailable' })
})

function start(
  session: Session,
  history: RouterHistory,
  options: { base?: string; failed?: (error: Error) => string } = {},
): Router {
  const routes = [
    { path: '/', component: { render: () => 'home' }, meta: { public: true } },
    { path: '/about', component: { render: () => 'about' }, meta: { public: true } },
    { path: '/orders/:id', component: { render: () => 'order' } },
    { path: '/:rest(.*)', component: { render: () => 'lost' } },
  ]
  const router = createRouter({ history, routes })
  router.beforeEach(sessionGuard(session, options))
  const app = createApp({ render: () => h(RouterView) })
  app.use(tenure, { session }).use(router)
  app.mount(document.body.appendChild(document.createElement('div')))
  open.push({ app, router })
  return router
}
