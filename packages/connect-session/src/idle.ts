import { channelOf, page } from './page.js'

/**
 * Signs whoever does nothing out. The time asleep counts, and what is done in another page of the
 * same client counts for this one, too. By itself, the clock begins with the first activity.
 */
export class IdleClock {
  #last: number | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #told = 0
  readonly #channel: BroadcastChannel | null

  constructor(
    private readonly limit: number,
    clientId: string,
    private readonly over: () => void,
  ) {
    this.#channel = channelOf(`REAPIT_ACTIVITY_${clientId}`, () => this.#elsewhere())
    const listen = { passive: true, capture: true }
    for (const name of ACTIVITY) document.addEventListener(name, () => this.touched(), listen)
    for (const name of ['visibilitychange', 'resume']) {
      document.addEventListener(name, () => this.#check())
    }
    page()?.addEventListener('pageshow', () => this.#check())
  }

  /** Something was done here. */
  touched(): void {
    this.#check()
    this.#count()
    const now = Date.now()
    if (Math.abs(now - this.#told) < this.limit / TELLS) return
    this.#told = now
    this.#channel?.postMessage(null)
  }

  #elsewhere(): void {
    if (this.#last !== null) this.#count()
  }

  #count(): void {
    this.#last = Date.now()
    if (this.#timer === undefined) this.#wait(this.limit)
  }

  #wait(span: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#check(), Math.min(span, LONGEST_TIMER))
  }

  /** Activity after the limit comes too late, whoever slept through it. */
  #check(): void {
    if (this.#last === null) return
    // A clock that was set back says nothing about how long ago it was.
    const idle = Math.max(0, Date.now() - this.#last)
    if (idle < this.limit) return this.#wait(this.limit - idle)
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#last = null
    this.over()
  }
}

const ACTIVITY = ['mousemove', 'keydown', 'pointerdown', 'touchstart', 'wheel', 'scroll']
/** How often within the limit other pages are told. */
const TELLS = 20
/** Longer ones fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1
