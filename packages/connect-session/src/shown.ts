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
  const known = all.get(session)
  if (known) return known
  const made = new Shown()
  all.set(session, made)
  return made
}

/** Says what a session object shows. */
export function show(session: object, shown: Shown): void {
  all.set(session, shown)
}

const all = new WeakMap<object, Shown>()
