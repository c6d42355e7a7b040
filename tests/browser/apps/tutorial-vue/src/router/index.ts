import { createRouter, createWebHistory } from 'vue-router'
import type { NavigationGuardNext, RouteLocationNormalized } from 'vue-router'
import { useAuthentication } from '@/composables/authentication'
import AuthActionCompletePage from '@/views/AuthActionCompletePage.vue'
import Tab1Page from '@/views/Tab1Page.vue'
import Tab2Page from '@/views/Tab2Page.vue'

const { isAuthenticated } = useAuthentication()

const checkAuthStatus = async (
  to: RouteLocationNormalized,
  _from: RouteLocationNormalized,
  next: NavigationGuardNext,
) => {
  if (to.matched.some((r) => r.meta.requiresAuth) && !(await isAuthenticated())) {
    return next('/tabs/tab1')
  }
  next()
}

const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', redirect: '/tabs/tab1' },
    { path: '/callback', component: AuthActionCompletePage },
    { path: '/tabs/tab1', component: Tab1Page },
    { path: '/tabs/tab2', component: Tab2Page, meta: { requiresAuth: true } },
  ],
})

router.beforeEach(checkAuthStatus)

export default router
