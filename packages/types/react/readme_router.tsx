// Code of the readme, as it stands there; a test compares the two.
/* eslint-disable @typescript-eslint/no-non-null-assertion -- as the template of Vite has it */
import { createSession } from '@tenure/client'
import { Protected, SessionProvider } from '@tenure/react'
import { createRoot } from 'react-dom/client'
import { createBrowserRouter, Link, RouterProvider } from 'react-router'

const session = createSession({ issuer: 'http://127.0.0.1:8484', clientId: 'demo-spa' })

const router = createBrowserRouter([
  { path: '/', element: <Link to="/orders">Orders</Link> },
  { path: '/orders', element: <Protected>Your orders</Protected> },
])

createRoot(document.getElementById('root')!).render(
  <SessionProvider session={session} navigate={(to) => router.navigate(to, { replace: true })}>
    <RouterProvider router={router} />
  </SessionProvider>,
)
