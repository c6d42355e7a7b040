import type { Identity, Session, Snapshot } from '@tenure/client'
import { useCallback, useMemo, useSyncExternalStore } from 'react'
import { useNearest } from './provider.js'

/** The session and what is known of it now; `status` tells which members there are. */
export type SessionState = Snapshot & {
  readonly session: Session
  /** Who is signed in, or `null`. */
  readonly identity: Identity | null
}

/** The session and what is known of it now. Renders again whenever anything of it changes. */
export function useSession(): SessionState
/**
 * A part of what is known now. Renders again only when that part changes, so it must be a plain
 * value or one that the snapshot holds, such as `({ status }) => status`.
 */
export function useSession<T>(select: (snapshot: Snapshot) => T): T
export function useSession<T>(select?: (snapshot: Snapshot) => T): T | SessionState {
  const { session, returned } = useNearest()
  const part: (snapshot: Snapshot) => T | Snapshot = select ?? whole
  const seen = useSyncExternalStore(
    useCallback((changed) => session.subscribe(changed), [session]),
    // Who is there is not known before the answer that the page was opened with is.
    () => part(returned === undefined ? LOADING : session.snapshot()),
    () => part(LOADING),
  )
  const state = useMemo(
    () => (select ? null : { identity: null, ...(seen as Snapshot), session }),
    [!select, session, seen],
  )
  return state ?? (seen as T)
}

/** Whether somebody is signed in; a refresh does not change it. */
export function useStatus(): Snapshot['status'] {
  return useSession(({ status }) => status)
}

function whole(snapshot: Snapshot): Snapshot {
  return snapshot
}

/** What a server knows, and so what a page begins with. */
const LOADING: Snapshot = Object.freeze({ status: 'loading' })
