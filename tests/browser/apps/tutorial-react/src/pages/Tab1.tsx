import { AuthConnect, TokenType } from '@tenure/auth-connect'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { Link } from 'react-router'
import { logout } from '../utils/authentication'
import { client } from '../utils/backend-api'
import { getSnapshot, subscribe } from '../utils/session-store'

const Tab1 = () => {
  const session = useSyncExternalStore(subscribe, getSnapshot)
  const [name, setName] = useState('')
  const [answer, setAnswer] = useState('')

  useEffect(() => {
    if (!session) return
    AuthConnect.decodeToken<{ preferred_username: string }>(TokenType.id, session).then((token) =>
      setName(token?.preferred_username ?? ''),
    )
  }, [session])

  const askBackend = async () => {
    setAnswer('')
    try {
      const { data } = await client.get('/whoami')
      setAnswer(`The backend knows ${data.sub ? 'me' : 'nobody'}`)
    } catch (err) {
      setAnswer(`The backend failed: ${(err as Error).message}`)
    }
  }

  return (
    <main>
      <h1>Tab 1</h1>
      <p id="name">{name}</p>
      <button onClick={askBackend}>Ask the backend</button>
      <p id="answer">{answer}</p>
      <Link to="/tabs/tab2">Tab 2</Link>
      <button onClick={() => logout()}>Sign out</button>
    </main>
  )
}

export default Tab1
