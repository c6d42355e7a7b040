import { timeout } from '../../../parts/timeout.js'

/**
 * Runs one after the other what has the same name, in this page and in all. What stands still is
 * waited for a moment only: each write looks at what it replaces.
 */
export function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  const before = working.get(name)
  const done = (async () => {
    if (before) await inTime(before)
    return locked(name, work)
  })()
  working.set(name, done)
  const forget = (): void => {
    if (working.get(name) === done) working.delete(name)
  }
  done.then(forget, forget)
  return done
}

async function locked<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = typeof window === 'object' ? globalThis.navigator?.locks : undefined
  let begun: Promise<T> | undefined
  await locks
    ?.request(name, { signal: timeout(PATIENCE) }, () => (begun = work()))
    .catch(() => undefined)
  return begun ?? work()
}

/** Waits for the end of what may have none. */
async function inTime(work: Promise<unknown>): Promise<void> {
  let late: ReturnType<typeof setTimeout> | undefined
  const patience = new Promise((resolve) => (late = setTimeout(resolve, PATIENCE)))
  await Promise.race([work.catch(() => undefined), patience])
  clearTimeout(late)
}

const PATIENCE = 1_000
const working = new Map<string, Promise<unknown>>()
