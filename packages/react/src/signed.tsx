import type { Snapshot } from '@tenure/client'
import type { ReactNode } from 'react'
import { useSession, useStatus } from './use_session.js'

export interface SignedProps {
  children?: ReactNode
}

/** Shows its children while somebody is signed in. */
export function SignedIn({ children }: SignedProps): ReactNode {
  return useStatus() === 'signed_in' ? children : null
}

/**
 * Shows its children while nobody is signed in, and not before that is known; also where the session
 * cannot be loaded and signing in helps.
 */
export function SignedOut({ children }: SignedProps): ReactNode {
  return useSession(wantsSignIn) ? children : null
}

function wantsSignIn(seen: Snapshot): boolean {
  return seen.status === 'signed_out' || (seen.status === 'failed' && seen.signInHelps)
}
