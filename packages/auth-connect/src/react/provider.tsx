import {
  createContext,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
  type PropsWithChildren,
  type ReactElement,
  type ReactNode,
} from 'react'
import { misconfigured } from '../errors.js'
import type { Authentication } from '../ready/authentication.js'
import type { AuthResult } from '../types.js'

export interface AuthenticationProviderProps {
  authentication: Authentication
  /** Shown until the session was read. */
  loading?: ReactNode
  /** Called where setting up or the first refresh fails. */
  onError?: (error: unknown) => void
}

/** What `useAuthentication` gives. */
export interface ReactAuthentication extends Omit<Authentication, 'isAuthenticated'> {
  /** Whether there is a session now. */
  readonly isAuthenticated: boolean
}

/** Sets Auth Connect up, refreshes what is over, and gives both to what is inside. */
export function AuthenticationProvider(
  props: PropsWithChildren<AuthenticationProviderProps>,
): ReactElement {
  const { authentication, loading = null, onError, children } = props
  const [ready, setReady] = useState<Authentication | null>(null)
  useEffect(() => {
    let mounted = true
    authentication
      .setup()
      .finally(() => mounted && setReady(authentication))
      // A provider that is slow does not keep the page from showing.
      .then(() => authentication.refreshIfExpired())
      .catch((error: unknown) => onError?.(error))
    return () => {
      mounted = false
    }
    // Whoever is told does not decide when.
  }, [authentication])
  const shown = ready === authentication ? children : loading
  return <Authenticated.Provider value={authentication}>{shown}</Authenticated.Provider>
}

/** The functions to sign in and out with, and whether somebody is signed in. */
export function useAuthentication(): ReactAuthentication {
  const authentication = useContext(Authenticated)
  if (!authentication) throw misconfigured('put an <AuthenticationProvider> around this component')
  const isAuthenticated = useSnapshot(authentication) !== null
  return useMemo(() => ({ ...authentication, isAuthenticated }), [authentication, isAuthenticated])
}

/** The session, or `null`; the same object until it changed. */
export function useSession(): AuthResult | null {
  const authentication = useContext(Authenticated)
  if (!authentication) throw misconfigured('put an <AuthenticationProvider> around this component')
  return useSnapshot(authentication)
}

export interface PrivateRouteProps {
  /** Shown to whoever is not signed in, such as the router's way to the login page. */
  fallback: ReactNode
}

/** Shows its children to people who are signed in. */
export function PrivateRoute(props: PropsWithChildren<PrivateRouteProps>): ReactElement {
  return <>{useSession() ? props.children : props.fallback}</>
}

function useSnapshot({ store }: Authentication): AuthResult | null {
  return useSyncExternalStore(store.subscribe, store.getSnapshot, nobody)
}

/** On a server nobody is signed in. */
function nobody(): null {
  return null
}

const Authenticated = createContext<Authentication | null>(null)
