import type { AuthResult } from '@tenure/auth-connect'

const key = 'session'
let session: AuthResult | null = null
let listeners: (() => void)[] = []

const initialize = async (): Promise<void> => {
  const value = localStorage.getItem(key)
  session = value ? JSON.parse(value) : null
}

const subscribe = (listener: () => void) => {
  listeners = [...listeners, listener]
  return () => {
    listeners = listeners.filter((l) => l !== listener)
  }
}

const getSnapshot = (): AuthResult | null => session

const setSession = async (value: AuthResult | null): Promise<void> => {
  session = value
  localStorage.setItem(key, JSON.stringify(value))
  for (const listener of listeners) listener()
}

export { getSnapshot, initialize, setSession, subscribe }
