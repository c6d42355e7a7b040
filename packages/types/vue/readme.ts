// The code of the readme, as it stands there; a test compares the two.
/// <reference types="vite/client" />
import { createSession } from '@tenure/client'
import { sessionGuard, tenure } from '@tenure/vue'
import { createApp } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'

const session = createSession({ issuer: 'https://id.example.com', clientId: 'shop' })

const base = import.meta.env.BASE_URL
const router = createRouter({ history: createWebHistory(base), routes })
router.beforeEach(sessionGuard(session, { base }))

createApp(App).use(tenure, { session }).use(router).mount('#app')

import type { Component } from 'vue'
import type { RouteRecordRaw } from 'vue-router'

declare const App: Component
declare const routes: RouteRecordRaw[]
