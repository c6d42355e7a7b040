/** A lock that is held. */
export interface Held {
  /** Completes when somebody else has it. */
  readonly lost: Promise<void>
  release(): void | Promise<void>
}

/** Where one session is kept. */
export type Store = Pick<Place, 'load' | 'save'>

/** Where one session is kept, as the driver sees it. Texts are in the form of `stored.ts`. */
export interface Place {
  load(): Promise<string | null>
  /**
   * Writes `text` if the generation that is there is `replaces`, or if nothing is there and that
   * is 0. `false` when something else is there. What was there stays when it throws.
   */
  save(replaces: number, text: string): Promise<boolean>
  /** Waits for the lock; `null` where there is none. Aborting gives up. */
  lock?(leaseMillis: number, signal: AbortSignal): Promise<Held | null>
  /** Calls back when somebody else may have changed it. Gives the function that ends it. */
  watch?(changed: () => void): () => void
  /** Tells others that it changed. */
  publish?(generation: number): void
}
