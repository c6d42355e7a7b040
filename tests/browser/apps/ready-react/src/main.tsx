import {
  AuthenticationProvider,
  createAuthentication,
  createInterceptors,
  PrivateRoute,
  useAuthentication,
} from '@tenure/auth-connect/react'
import { OktaProvider } from '@tenure/auth-connect'
import axios from 'axios'
import { StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter, Link, Navigate, Route, Routes, useNavigate } from 'react-router'

const authentication = createAuthentication({
  config: { platform: 'web', web: { uiMode: 'current', authFlow: 'PKCE' } },
  provider: new OktaProvider(),
  options: {
    audience: '',
    clientId: 'demo-spa',
    discoveryUrl: `${import.meta.env.VITE_ISSUER}/.well-known/openid-configuration`,
    logoutUrl: `${location.origin}/callback`,
    redirectUri: `${location.origin}/callback`,
    scope: 'openid profile offline_access',
  },
})
const client = createInterceptors(authentication).attachTo(axios.create({ baseURL: '/api' }))

function Login() {
  const { login } = useAuthentication()
  return (
    <main>
      <h1>Login</h1>
      <button onClick={() => void login()}>Sign in</button>
    </main>
  )
}

function Callback() {
  const { handleAuthCallback } = useAuthentication()
  const navigate = useNavigate()
  useEffect(() => {
    void handleAuthCallback().finally(() => navigate('/', { replace: true }))
  }, [])
  return null
}

function Home() {
  const { logout } = useAuthentication()
  const [answer, setAnswer] = useState('')
  const ask = async () => {
    setAnswer('')
    const knows = await client.get('/whoami').then(
      () => 'The backend knows me',
      (error) => `Failed: ${error.code}`,
    )
    setAnswer(knows)
  }
  return (
    <main>
      <h1>Home</h1>
      <button onClick={() => void ask()}>Ask the backend</button>
      <p>{answer}</p>
      <Link to="/deep">Deep</Link>
      <button onClick={() => void logout()}>Sign out</button>
    </main>
  )
}

const login = <Navigate to="/login" replace />
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <AuthenticationProvider authentication={authentication}>
      <BrowserRouter>
        <Routes>
          <Route path="/login" element={<Login />} />
          <Route path="/callback" element={<Callback />} />
          <Route path="/" element={<PrivateRoute fallback={login}><Home /></PrivateRoute>} />
          <Route path="/deep" element={<PrivateRoute fallback={login}><h1>Deep</h1></PrivateRoute>} />
        </Routes>
      </BrowserRouter>
    </AuthenticationProvider>
  </StrictMode>,
)
