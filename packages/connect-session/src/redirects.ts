import { loadCore } from '@tenure/client/parts'

/** Stops a loop of redirects: no more than three failed sign-ins in ten seconds begin another. */
export class Redirects {
  readonly #key: string

  constructor(clientId: string) {
    this.#key = `REAPIT_FAILED_${clientId}`
  }

  /** Counts a failed sign-in: whether another may begin by itself. */
  async admit(): Promise<boolean> {
    const core = await loadCore()
    const [kind, ...kept] = core.ask('admit', Date.now(), 3, 10_000, ...this.#read().split(' '))
    if (kind === 'ok') this.#write(kept.join(' '))
    return kind === 'ok'
  }

  /** A sign-in succeeded: the count begins again. */
  reset(): void {
    this.#write('')
  }

  #read(): string {
    try {
      return sessionStorage.getItem(this.#key) ?? ''
    } catch {
      return ''
    }
  }

  #write(times: string): void {
    try {
      if (times === '') sessionStorage.removeItem(this.#key)
      else sessionStorage.setItem(this.#key, times)
    } catch {
      // Where nothing can be noted, nothing comes back from a redirect either.
    }
  }
}
