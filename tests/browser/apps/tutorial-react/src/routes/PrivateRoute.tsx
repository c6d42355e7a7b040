import { useSyncExternalStore } from 'react'
import type { PropsWithChildren } from 'react'
import { Navigate } from 'react-router'
import { getSnapshot, subscribe } from '../utils/session-store'

export const PrivateRoute = ({ children }: PropsWithChildren) => {
  const session = useSyncExternalStore(subscribe, getSnapshot)
  if (!session) return <Navigate to="/login" replace />
  return children
}
