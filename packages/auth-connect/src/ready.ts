export {
  createAuthentication,
  type Authentication,
  type AuthenticationOptions,
} from './ready/authentication.js'
export {
  createFetch,
  createInterceptors,
  type InterceptedClient,
  type InterceptorOptions,
  type Interceptors,
  type RequestConfig,
} from './ready/interceptors.js'
export { createSessionStore, type SessionStore, type SessionStoreOptions } from './ready/store.js'
