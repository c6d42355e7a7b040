export {
  AuthenticationProvider,
  PrivateRoute,
  useAuthentication,
  useSession,
  type AuthenticationProviderProps,
  type PrivateRouteProps,
  type ReactAuthentication,
} from './react/provider.js'
export * from './ready.js'
