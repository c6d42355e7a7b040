// The code of the readme, as it stands there; a test compares the two.
import { createSession } from '@tenure/client'
import { Protected, SessionProvider, useSession } from '@tenure/react'

const session = createSession({ issuer: 'https://id.example.com', clientId: 'shop' })

export const App = () => (
  <SessionProvider session={session}>
    <Protected fallback={<p>One moment …</p>}>
      <Orders />
    </Protected>
  </SessionProvider>
)

function Orders() {
  const { identity, session } = useSession()
  return <button onClick={() => session.signOut()}>Sign {identity?.name} out</button>
}

import { Callback } from '@tenure/react'
import { useNavigate } from 'react-router'

function CallbackPage() {
  const navigate = useNavigate()
  return (
    <Callback
      onDone={({ returnTo }) => navigate(returnTo ?? '/', { replace: true })}
      failed={(error) => <p role="alert">{error.message}</p>}
    >
      <p>One moment …</p>
    </Callback>
  )
}

export { CallbackPage }
