// The code of the readme, as it stands there; a test compares the two.
/// <reference types="vite/client" />
import { createSession } from '@tenure/client'
import { sessionGuard, tenure } from '@tenure/vue'
import { createApp } from 'vue'
import { createRouter, createWebHistory, RouterView } from 'vue-router'
import Orders from './Orders.vue'

const base = import.meta.env.BASE_URL
const session = createSession({
  issuer: 'http://127.0.0.1:8484',
  clientId: 'demo-spa',
  redirectUri: base, // the issuer must know this address
})

const routes = [
  { path: '/', component: Orders },
  { path: '/orders', component: Orders },
  {
    path: '/failed',
    component: { render: () => 'You are not signed in.' },
    meta: { public: true },
  },
]
const router = createRouter({ history: createWebHistory(base), routes })
router.beforeEach(sessionGuard(session, { base, failed: () => '/failed' }))

createApp(RouterView).use(tenure, { session }).use(router).mount('#app')
