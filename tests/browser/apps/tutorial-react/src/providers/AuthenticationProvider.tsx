import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import type { PropsWithChildren } from 'react'
import { setupAuthConnect } from '../utils/authentication'
import { getSnapshot, subscribe } from '../utils/session-store'

const AuthenticationContext = createContext<{ isAuthenticated: boolean }>({
  isAuthenticated: false,
})

const AuthenticationProvider = ({ children }: PropsWithChildren) => {
  const [isSetup, setIsSetup] = useState(false)
  const session = useSyncExternalStore(subscribe, getSnapshot)

  useEffect(() => {
    setupAuthConnect().then(() => setIsSetup(true))
  }, [])

  return (
    <AuthenticationContext.Provider value={{ isAuthenticated: !!session }}>
      {isSetup ? children : <p>One moment</p>}
    </AuthenticationContext.Provider>
  )
}

export const useAuthentication = () => useContext(AuthenticationContext)
export default AuthenticationProvider
