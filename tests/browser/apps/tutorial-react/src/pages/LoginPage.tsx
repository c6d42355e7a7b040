import { useState } from 'react'
import { useNavigate } from 'react-router'
import { login } from '../utils/authentication'

const LoginPage = () => {
  const navigate = useNavigate()
  const [failed, setFailed] = useState('')

  const handleLogin = async () => {
    try {
      await login()
      navigate('/tabs/tab1')
    } catch (err) {
      setFailed(`Not signed in: ${(err as { code: string }).code}`)
    }
  }

  return (
    <main>
      <h1>Login</h1>
      <button onClick={handleLogin}>Sign in</button>
      <p role="alert">{failed}</p>
    </main>
  )
}

export default LoginPage
