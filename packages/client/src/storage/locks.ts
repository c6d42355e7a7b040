import type { Held, Place } from './place.js'

/**
 * The refresh lock over Web Locks. A page that is frozen keeps a Web Lock, so whoever holds this
 * one also renews a mark in localStorage; when the mark lapses, the next one takes the lock away.
 * The one who lost it cannot do harm: storage compares generations.
 */
export function webLock(key: string): NonNullable<Place['lock']> {
  return async (lease, signal) => {
    const locks = lockManager()
    if (locks === null) return null
    const name = `${key}:refresh`
    const waiting = new AbortController()
    const giveUp = (): void => waiting.abort()
    signal.addEventListener('abort', giveUp)
    let watch: ReturnType<typeof setTimeout> | undefined
    const stolen = new Promise<'steal'>((resolve) => {
      const look = (): void => {
        if (markLapsed(name, lease)) resolve('steal')
        else watch = setTimeout(look, LOOK)
      }
      watch = setTimeout(look, LOOK)
    })
    try {
      const granted = await Promise.race([take(locks, name, { signal: waiting.signal }), stolen])
      if (granted !== 'steal') return held(granted, name, lease)
      waiting.abort()
      if (signal.aborted) return null
      return held(await take(locks, name, { steal: true }), name, lease)
    } catch {
      return null
    } finally {
      clearTimeout(watch)
      signal.removeEventListener('abort', giveUp)
    }
  }
}

/** Runs one short write alone, if that can be had soon; a storage without locks does without. */
export async function withWriteLock<T>(key: string, write: () => Promise<T>): Promise<T> {
  const locks = lockManager()
  if (locks === null) return write()
  const waiting = new AbortController()
  const bound = setTimeout(() => waiting.abort(), LONGEST_WRITE)
  let began = false
  const run = (): Promise<T> => {
    began = true
    clearTimeout(bound)
    return write()
  }
  try {
    return await locks.request(`${key}:write`, { signal: waiting.signal }, run)
  } catch (cause) {
    if (began) throw cause
    return write()
  } finally {
    clearTimeout(bound)
  }
}

interface Granted {
  release(): void
  lost: Promise<void>
}

function take(locks: LockManager, name: string, options: LockOptions): Promise<Granted> {
  return new Promise((resolve, reject) => {
    let release = (): void => undefined
    const until = new Promise<void>((done) => (release = done))
    let lose = (): void => undefined
    const lost = new Promise<void>((done) => (lose = done))
    locks
      .request(name, options, () => {
        resolve({ release, lost })
        return until
      })
      .catch((cause: unknown) => {
        // Before it was granted: no lock. After it was granted: somebody took it away.
        lose()
        reject(cause instanceof Error ? cause : new Error(String(cause)))
      })
  })
}

function held(granted: Granted, name: string, lease: number): Held {
  renewMark(name)
  const renewing = setInterval(() => renewMark(name), lease / 3)
  void granted.lost.then(() => clearInterval(renewing))
  return {
    lost: granted.lost,
    release() {
      clearInterval(renewing)
      removeMark(name)
      granted.release()
    },
  }
}

function lockManager(): LockManager | null {
  return typeof window === 'object' && typeof navigator === 'object' && navigator.locks
    ? navigator.locks
    : null
}

function renewMark(name: string): void {
  try {
    localStorage.setItem(name, String(Date.now()))
  } catch {
    // Without a mark nobody takes the lock away; waiting for it is bounded all the same.
  }
}

function removeMark(name: string): void {
  try {
    localStorage.removeItem(name)
  } catch {
    // As above.
  }
}

function markLapsed(name: string, lease: number): boolean {
  try {
    const renewed = Number(localStorage.getItem(name))
    return renewed > 0 && Math.abs(Date.now() - renewed) > lease
  } catch {
    return false
  }
}

const LOOK = 500
const LONGEST_WRITE = 1_000
