import { createSession, type Session, type SessionOptions } from '@tenure/client'
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react'
import { useReturned, type Returned } from './returned.js'

interface Common {
  children?: ReactNode
  /**
   * Goes on to where a sign-in was begun, in place of the page that the person came back to.
   * Default: through the history, which most routers follow.
   */
  navigate?: (to: string) => void
  /**
   * Shown instead of the children when the sign-in that the person comes back from failed. Without
   * it `Protected` gets the error.
   */
  failed?: (error: Error, again: () => void) => ReactNode
}

export type SessionProviderProps = Common &
  (
    | {
        /** A session that lives as long as the page: made outside of all components. */
        session: Session
        options?: never
      }
    | {
        /** Opens the session with the first provider that names it, closes it with the last one. */
        options: SessionOptions
        session?: never
      }
  )

/**
 * Gives a session to everything below. It finishes a sign-in when the person comes back from the
 * issuer; until that is done, the state is `loading`.
 */
export function SessionProvider({ session, options, ...common }: SessionProviderProps): ReactNode {
  return session ? (
    <Giving session={session} {...common} />
  ) : (
    <Opening options={options} {...common} />
  )
}

/** What the nearest provider gives. */
export interface Nearest {
  readonly session: Session
  readonly returned: Returned
  /** Forgets what went wrong. */
  readonly again: () => void
}

export function useNearest(): Nearest {
  const nearest = useContext(Context)
  if (nearest) return nearest
  throw new Error('there is no <SessionProvider> above this component')
}

function Giving({ session, navigate, failed, children }: Common & { session: Session }): ReactNode {
  const [returned, again] = useReturned(session, navigate)
  const nearest = useMemo(() => ({ session, returned, again }), [session, returned])
  const shown = failed && returned ? failed(returned, again) : children
  return <Context.Provider value={nearest}>{shown}</Context.Provider>
}

function Opening({ options, ...common }: Common & { options: SessionOptions }): ReactNode {
  const [name] = useState(() => options.name ?? `${options.issuer}|${options.clientId}`)
  const [session, setSession] = useState(() => open(name, options).session)
  useEffect(() => {
    // The same one, unless the last use of it ended while this was hidden.
    const opened = open(name, options)
    opened.uses += 1
    setSession(opened.session)
    return () => {
      opened.uses -= 1
      // StrictMode mounts again at once: only who stays away has left.
      queueMicrotask(() => {
        if (opened.uses > 0 || all.get(name) !== opened) return
        all.delete(name)
        opened.session.close()
      })
    }
    // Options that change later belong to another session: give that one a key of its own.
  }, [name])
  return <Giving session={session} {...common} />
}

interface Opened {
  session: Session
  uses: number
}

/** A render that is thrown away must not leave a session behind, so the page keeps them. */
function open(name: string, options: SessionOptions): Opened {
  const known = all.get(name)
  if (known) return known
  const opened = { session: createSession(options), uses: 0 }
  // A server renders for many people: nothing is shared there.
  if (typeof document === 'object') all.set(name, opened)
  return opened
}

const Context = createContext<Nearest | null>(null)
const all = new Map<string, Opened>()
