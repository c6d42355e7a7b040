import { createSession, type Session, type SessionOptions } from '@tenure/client'
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react'

export type SessionProviderProps = { children?: ReactNode } & (
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

/** Gives a session to everything below. */
export function SessionProvider({ session, options, children }: SessionProviderProps): ReactNode {
  return session ? (
    <Context.Provider value={session}>{children}</Context.Provider>
  ) : (
    <Opening options={options}>{children}</Opening>
  )
}

/** The session of the nearest provider. */
export function useNearest(): Session {
  const session = useContext(Context)
  if (session) return session
  throw new Error('there is no <SessionProvider> above this component')
}

interface OpeningProps {
  options: SessionOptions
  children?: ReactNode
}

function Opening({ options, children }: OpeningProps): ReactNode {
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
  return <Context.Provider value={session}>{children}</Context.Provider>
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

const Context = createContext<Session | null>(null)
const all = new Map<string, Opened>()
