import { randomInt } from 'node:crypto'
import { pid } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Register } from './file_register.js'
import type { LockGuard, SessionStorage } from './session_storage.js'

/**
 * The lock of a session, held until it is released, or until it ends by itself: a holder that was
 * killed, or that stands still, cannot keep it. The number of the lease is its fence.
 *
 * On disk it is `lease.<fence>.json`; a lease that is released or past its end may be followed by
 * the next fence. Programs in Rust and in Node wait for each other by it.
 */
export function fileLock(register: Register): NonNullable<SessionStorage['lock']> {
  return async (length, signal) => {
    while (!signal.aborted) {
      const fence = await attempt(register, length)
      if (fence !== null) return keep(register, fence, length)
      // Drawn, so that many waiters do not look in step.
      await sleep(15 + randomInt(16), undefined, { signal }).catch(() => undefined)
    }
    return null
  }
}

async function attempt(register: Register, length: number): Promise<number | null> {
  const there = await register.latest()
  if (there !== null && !isFree(there.bytes)) return null
  const fence = there?.number ?? 0
  return (await register.put(fence, record(length, false))) ? fence + 1 : null
}

function keep(register: Register, fence: number, length: number): LockGuard {
  let lose = (): void => undefined
  const lost = new Promise<void>((resolve) => (lose = resolve))
  const write = (released: boolean): boolean => {
    try {
      return register.rewrite(fence, record(length, released))
    } catch {
      // What cannot be written lapses.
      return true
    }
  }
  const renewing = setInterval(() => {
    if (write(false)) return
    clearInterval(renewing)
    lose()
  }, length / 3)
  renewing.unref()
  return {
    lost,
    release() {
      clearInterval(renewing)
      write(true)
    },
  }
}

function record(length: number, released: boolean): string {
  return JSON.stringify({ pid, expires_at_ms: Date.now() + length, released })
}

/** What cannot be read was not written by a holder that can be waited for. */
function isFree(bytes: Uint8Array): boolean {
  try {
    const lease: unknown = JSON.parse(new TextDecoder().decode(bytes))
    const { expires_at_ms: end, released } = lease as {
      expires_at_ms?: unknown
      released?: unknown
    }
    if (typeof end !== 'number' || typeof released !== 'boolean') return true
    const now = Date.now()
    // An end far ahead was written before the clock was set back: it says nothing.
    return released || now >= end || end > now + LONGEST
  } catch {
    return true
  }
}

/** No lease is longer, in milliseconds. */
const LONGEST = 60_000
