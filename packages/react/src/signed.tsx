import type { ReactNode } from 'react'
import { useStatus } from './use_session.js'

export interface SignedProps {
  children?: ReactNode
}

/** Shows its children while somebody is signed in. */
export function SignedIn({ children }: SignedProps): ReactNode {
  return useStatus() === 'signed_in' ? children : null
}

/** Shows its children while nobody is signed in, and not before that is known. */
export function SignedOut({ children }: SignedProps): ReactNode {
  return useStatus() === 'signed_out' ? children : null
}
