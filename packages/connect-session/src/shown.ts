import type { ReapitConnectSession } from './types.js'

/** The session as pages show it: the same object until something changed. */
export class Shown {
  #session: ReapitConnectSession | null = null
  readonly #listeners = new Set<() => void>()

  get = (): ReapitConnectSession | null => this.#session

  set(session: ReapitConnectSession | null): void {
    if (session === this.#session) return
    this.#session = session
    for (const listener of [...this.#listeners]) listener()
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

/** What a session object shows. One that is not of this package, as in tests, has none of its own. */
export function shownBy(session: object): Shown {
  const known = all().get(session)
  if (known) return known
  const made = new Shown()
  all().set(session, made)
  return made
}

/** Says what a session object shows. */
export function show(session: object, shown: Shown): void {
  all().set(session, shown)
}

/**
 * Kept with the page: a hook and a session of two copies of this package, as its ESM and its
 * CommonJS are to Node, know of each other.
 */
function all(): WeakMap<object, Shown> {
  const here = globalThis as { [ALL]?: WeakMap<object, Shown> }
  return (here[ALL] ??= new WeakMap())
}

const ALL = Symbol.for('@tenure/connect-session: shown')
