import { createApp } from 'vue'
import App from './App.vue'
import { useAuthentication } from './composables/authentication'
import router from './router'

const { initializeAuthentication } = useAuthentication()

initializeAuthentication().then(async () => {
  const app = createApp(App).use(router)
  await router.isReady()
  app.mount('#app')
})
