export { AuthConnect } from './auth_connect.js'
export { AuthConnectError } from './errors.js'
export { AuthProvider } from './provider/base.js'
export {
  Auth0Provider,
  AzureProvider,
  CognitoProvider,
  OktaProvider,
  OneLoginProvider,
} from './provider/known.js'
export * from './types.js'
export * from './ready.js'
