import type { AuthResult } from '@tenure/auth-connect'

const key = 'session'
let session: AuthResult | null = null

const clearSession = async (): Promise<void> => {
  session = null
  localStorage.removeItem(key)
}

const getSession = async (): Promise<AuthResult | null> => {
  if (!session) {
    const value = localStorage.getItem(key)
    session = value ? JSON.parse(value) : null
  }
  return session
}

const setSession = async (value: AuthResult): Promise<void> => {
  session = value
  localStorage.setItem(key, JSON.stringify(value))
}

export const useSession = () => ({ clearSession, getSession, setSession })
