// Code as users write it against the published types; what must not compile says so.
import { createSession, type Identity, type Session, type SignedOutReason } from '@tenure/client'
import {
  Callback,
  Protected,
  SessionProvider,
  SignedIn,
  SignedOut,
  useAccessToken,
  useCallbackResult,
  useSession,
  type ProtectedProps,
  type SessionState,
} from '@tenure/react'
import type { JSX, ReactNode } from 'react'

const session = createSession({ issuer: 'https://id.example.com', clientId: 'shop' })

export function App(): JSX.Element {
  return (
    <SessionProvider session={session}>
      <SignedIn>
        <Account />
      </SignedIn>
      <SignedOut>
        <button onClick={() => session.signIn()}>Sign in</button>
      </SignedOut>
      <Protected
        fallback={<p>One moment …</p>}
        signedOut="Good bye"
        signIn={{ parameters: { prompt: 'login' } }}
        failed={(error, again) => <button onClick={again}>{error.message}</button>}
      >
        <Account /> and <Token />
      </Protected>
      <Callback onDone={({ returnTo }) => location.assign(returnTo ?? '/')} failed={String} />
    </SessionProvider>
  )
}

export const own = (
  <SessionProvider options={{ issuer: 'https://id.example.com', clientId: 'shop' }}>
    <App />
  </SessionProvider>
)

// @ts-expect-error one of the two is needed
export const neither = <SessionProvider />
export const both = (
  // @ts-expect-error and not both
  <SessionProvider session={session} options={{ issuer: 'https://id', clientId: 'shop' }} />
)
// @ts-expect-error the result is needed somewhere
export const lost = <Callback />
// @ts-expect-error it ends the sign-in by itself
export const props: ProtectedProps = { signIn: { signal: AbortSignal.timeout(1) } }

function Account(): ReactNode {
  const { session, status, identity } = useSession()
  session satisfies Session
  identity satisfies Identity | null
  return status === 'signed_in' ? identity?.email : status
}

export function reasonOf(state: SessionState): SignedOutReason | null {
  return state.status === 'signed_out' ? state.reason : null
}

function Token(): ReactNode {
  const status: 'loading' | 'failed' | 'signed_in' | 'signed_out' = useSession(
    ({ status }) => status,
  )
  const { token, error, loading, getToken } = useAccessToken()
  const load = async (): Promise<Response> =>
    fetch('/api', { headers: { authorization: `Bearer ${await getToken()}` } })
  // @ts-expect-error there may be none
  token satisfies string
  return loading ? status : (error?.message ?? <button onClick={() => void load()}>{token}</button>)
}

export function CallbackPage(): ReactNode {
  const state = useCallbackResult()
  // @ts-expect-error there is no result yet
  void state.result
  if (state.status === 'done') return state.result.returnTo
  return state.status === 'failed' ? state.error.message : null
}
