import { timeout } from '../../../parts/timeout.js'
import type { LockGuard, SessionStorage } from './session_storage.js'

/**
 * The refresh lock over Web Locks. A page that is frozen keeps a Web Lock, so whoever holds this
 * one also renews a mark in localStorage; when the mark lapses, the next one takes the lock away.
 * The one who lost it cannot do harm: storage compares generations.
 */
export function webLock(key: string): NonNullable<SessionStorage['lock']> {
  const name = `${key}:refresh`
  return async (lease, signal) => {
    const locks = lockManager()
    if (!locks) return null
    const waiting = new AbortController()
    const giveUp = (): void => waiting.abort()
    signal.addEventListener('abort', giveUp)
    const look = setInterval(() => markLapsed(name, lease) && giveUp(), LOOK)
    const held = await take(locks, name, lease, { signal: waiting.signal })
    clearInterval(look)
    const lapsed = waiting.signal.aborted && !signal.aborted
    return held ?? (lapsed ? take(locks, name, lease, { steal: true }) : null)
  }
}

/** Runs one short write alone, if that can be had soon; a storage without locks does without. */
export async function withWriteLock<T>(key: string, write: () => Promise<T>): Promise<T> {
  let writing: Promise<T> | undefined
  const signal = timeout(LONGEST_WRITE)
  await lockManager()
    ?.request(`${key}:write`, { signal }, () => (writing = write()))
    .catch(() => undefined)
  return writing ?? write()
}

/** The lock, or `null` where it is refused or waiting for it was given up. */
function take(
  locks: LockManager,
  name: string,
  lease: number,
  options: LockOptions,
): Promise<LockGuard | null> {
  return new Promise((resolve) => {
    const lost = new Promise<void>((ended) => {
      const granted = (): Promise<void> =>
        new Promise((release) => resolve(held(name, lease, lost, release)))
      // Ends when it is refused, released, or taken away by somebody else.
      locks.request(name, options, granted).then(ended, ended)
    })
    void lost.then(() => resolve(null))
  })
}

function held(name: string, lease: number, lost: Promise<void>, release: () => void): LockGuard {
  const renew = (): void => mark((marks) => marks.setItem(name, String(Date.now())))
  renew()
  const renewing = setInterval(renew, lease / 3)
  void lost.then(() => clearInterval(renewing))
  return {
    lost,
    release() {
      mark((marks) => marks.removeItem(name))
      release()
    },
  }
}

function lockManager(): LockManager | null {
  return typeof window === 'object' ? (navigator.locks ?? null) : null
}

function mark<T>(change: (marks: Storage) => T): T | undefined {
  try {
    return change(localStorage)
  } catch {
    // Without a mark nobody takes the lock away; waiting for it is bounded all the same.
    return undefined
  }
}

function markLapsed(name: string, lease: number): boolean {
  const renewed = Number(mark((marks) => marks.getItem(name)))
  return renewed > 0 && Math.abs(Date.now() - renewed) > lease
}

const LOOK = 500
const LONGEST_WRITE = 1_000
