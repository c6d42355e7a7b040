/** A lock that is held. */
export interface LockGuard {
  /** Completes when somebody else has it. */
  readonly lost: Promise<void>
  release(): void | Promise<void>
}

/** What a storage throws that knows why a value cannot be read. */
export interface Unreadable extends Error {
  readonly fault: 'damaged' | 'newer'
  /** Which one it is, where the storage itself counts. */
  readonly generation?: number
}

/** Where one session is kept. */
export type Store = Pick<SessionStorage, 'load' | 'save' | 'replace'>

/**
 * Where one session is kept: what every storage is for the session over it. Write one where yours
 * compares and sets by itself, keeps no texts, or locks and tells others in its own way; for texts
 * by key a `TextStorage` is enough. Only `load` and `save` are needed. A text is kept as it is;
 * `generationOf` says which one it is. Without `lock` (in a page: `webLock`) several that share
 * the session may each refresh, and `save` keeps them from undoing each other.
 */
export interface SessionStorage {
  /** Throws an `Unreadable` for what it can say more of than its text does. */
  load(): Promise<string | null>
  /**
   * Writes `text` if the generation that is there is `replaces`, or if nothing is there and that
   * is 0. `false` when something else is there. What was there stays when it throws.
   */
  save(replaces: number, text: string): Promise<boolean>
  /**
   * Keeps what is there and damaged aside, as private as it was and in the place of what was kept
   * so before, and writes `text` instead, if `damaged`, as `load` found it, is still there. Where
   * `load` threw, `replaces` says which one it was. Without this, nothing takes its place.
   */
  replace?(replaces: number, text: string, damaged: string): Promise<boolean>
  /** Waits for the lock; `null` where there is none. Aborting gives up. */
  lock?(leaseMillis: number, signal: AbortSignal): Promise<LockGuard | null>
  /** Calls back when somebody else may have changed it. Gives the function that ends it. */
  watch?(changed: () => void): () => void
  /** Tells others that it changed. */
  publish?(generation: number): void
}
