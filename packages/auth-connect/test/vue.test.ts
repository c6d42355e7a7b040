// @vitest-environment jsdom

import { mount } from '@vue/test-utils'
import { beforeEach, expect, test, vi } from 'vitest'
import { defineComponent, h, nextTick } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import {
  createComposables,
  createSessionStore,
  type AuthenticationComposables,
} from '../src/vue.js'
import { memoryStorage } from './page.js'
import { plainResult, unusedOptions } from './results.js'
import { PlainProvider } from './sign_in.js'

let composables: AuthenticationComposables
let storage: ReturnType<typeof memoryStorage>
beforeEach(() => {
  storage = memoryStorage()
  composables = createComposables({
    config: { platform: 'web', logLevel: 'NONE' },
    provider: new PlainProvider(),
    options: unusedOptions,
    store: createSessionStore({ storage }),
  })
})

const page = (text: string) => defineComponent({ render: () => h('p', text) })

function router() {
  const made = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/start', component: page('start') },
      { path: '/private', component: page('private'), meta: { requiresAuth: true } },
    ],
  })
  made.beforeEach(composables.authGuard('/start'))
  return made
}

test('a route that needs a session leads whoever has none to the start', async () => {
  const { useSession } = composables
  const made = router()
  await made.push('/private')
  expect(made.currentRoute.value.path).toBe('/start')
  await useSession().setSession(plainResult())
  await made.push('/private')
  expect(made.currentRoute.value.path).toBe('/private')
})

test('a deep link works for whoever is signed in from before', async () => {
  storage.set('session', JSON.stringify(plainResult()))
  const made = router()
  await made.push('/private?x=1')
  expect(made.currentRoute.value.fullPath).toBe('/private?x=1')
})

test('templates follow the session', async () => {
  const { useSession } = composables
  const Token = defineComponent({
    setup() {
      const { session } = useSession()
      return () => h('p', session.value?.accessToken ?? 'nobody')
    },
  })
  const wrapper = mount(Token)
  expect(wrapper.text()).toBe('nobody')
  await useSession().setSession(plainResult())
  await nextTick()
  expect(wrapper.text()).toBe('opaque')
  await useSession().clearSession()
  await nextTick()
  expect(wrapper.text()).toBe('nobody')
  expect(storage.kept()).toEqual({ session: 'null' })
})

test('whoever asks for the session gets the stored one, also before the start', async () => {
  storage.set('session', JSON.stringify(plainResult({ accessToken: 'kept' })))
  expect((await composables.useSession().getSession())?.accessToken).toBe('kept')
})

test('a session without an access token is nobody signed in', async () => {
  const { useAuthentication, useSession } = composables
  const { accessToken: _, ...without } = plainResult()
  await useSession().setSession(without)
  expect(await useAuthentication().isAuthenticated()).toBe(false)
  expect(await useAuthentication().getAccessToken()).toBeUndefined()
})

test('initializing twice reads the storage once', async () => {
  const get = vi.spyOn(storage, 'get')
  const { initializeAuthentication } = composables.useAuthentication()
  await Promise.all([initializeAuthentication(), initializeAuthentication()])
  expect(get).toHaveBeenCalledTimes(1)
})
