import { createApp, defineComponent, h, onMounted } from 'vue'
import { createRouter, createWebHistory, RouterView, useRouter } from 'vue-router'
import { authGuard, useAuthentication } from './authentication'
import HomePage from './HomePage.vue'

const { handleAuthCallback, initializeAuthentication, login } = useAuthentication()

const Login = defineComponent({
  render: () => h('main', [h('h1', 'Login'), h('button', { onClick: login }, 'Sign in')]),
})
const Callback = defineComponent({
  setup() {
    const router = useRouter()
    onMounted(() => handleAuthCallback().finally(() => router.replace('/')))
    return () => null
  },
})
const Deep = defineComponent({ render: () => h('h1', 'Deep') })

const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/login', component: Login },
    { path: '/callback', component: Callback },
    { path: '/', component: HomePage, meta: { requiresAuth: true } },
    { path: '/deep', component: Deep, meta: { requiresAuth: true } },
  ],
})
router.beforeEach(authGuard('/login'))

await initializeAuthentication()
createApp({ render: () => h(RouterView) })
  .use(router)
  .mount('#app')
