// Code of the readme, as it stands there; a test compares the two.
/* eslint-disable @typescript-eslint/no-non-null-assertion -- as the template of Vite has it */
import { createSession } from '@tenure/client'
import { Protected, SessionProvider, useSession } from '@tenure/react'
import { createRoot } from 'react-dom/client'

const session = createSession({ issuer: 'http://127.0.0.1:8484', clientId: 'demo-spa' })

const App = () => (
  <SessionProvider session={session}>
    <Protected
      fallback={<p>One moment …</p>}
      failed={(error, again) => <button onClick={again}>{error.message}: try again</button>}
    >
      <Orders />
    </Protected>
  </SessionProvider>
)

function Orders() {
  const { identity, session } = useSession()
  const signOut = () => session.signOut({ everywhere: true, returnTo: '/' })
  return <button onClick={signOut}>Sign {identity?.preferred_username} out</button>
}

createRoot(document.getElementById('root')!).render(<App />)
