export {
  createComposables,
  type AuthenticationComposables,
  type VueAuthentication,
  type VueSession,
} from './vue/composables.js'
export * from './ready.js'
