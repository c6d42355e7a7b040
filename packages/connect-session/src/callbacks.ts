import { subtle } from '@tenure/client/protocol'

import { base64url } from '../../parts/jwt.js'
import { forgetful, page, type PageStorage } from './page.js'

/** What the address of the page says. */
export type Callback =
  | { kind: 'none' }
  /** An answer; `begun` where it is to a sign-in that was begun here and is not finished. */
  | { kind: 'code'; code: string; state: string; begun: boolean }
  /** An answer that belongs to no sign-in of this page, or to one that was finished. */
  | { kind: 'foreign' }
  | { kind: 'refused'; state: string }

/** Sign-ins that were begun and not yet finished, under the keys of the original. */
export class Callbacks {
  constructor(private readonly storage: PageStorage) {}

  /** Whether a sign-in can be finished after the page went away. */
  get lasting(): boolean {
    return !forgetful.has(this.storage)
  }

  /** Notes a sign-in that begins, and gives its state and its challenge. */
  async begin(): Promise<{ state: string; challenge: string }> {
    const webCrypto = subtle()
    this.#sweep()
    // Whoever asked for the login page before does not wait for its answer any more.
    this.storage.removeItem(keyOf(NO_STATE))
    const state = crypto.randomUUID()
    const { pathname, search } = location
    const query = new URLSearchParams(search)
    query.delete('code')
    this.storage.setItem(state, encodeURIComponent(`${pathname}?${query.toString()}`))
    const verifier = makeVerifier()
    this.storage.setItem(keyOf(state), verifier)
    const digest = await webCrypto.digest('SHA-256', new TextEncoder().encode(verifier))
    return { state, challenge: base64url(digest) }
  }

  /** Notes a sign-in that sends no state along: one answer without a state may come back. */
  beginBare(): void {
    this.storage.setItem(keyOf(NO_STATE), makeVerifier())
  }

  /** Reads the address. `strict`: an answer must belong to a sign-in that was begun here. */
  arrived(strict: boolean): Callback {
    const query = new URLSearchParams(page()?.location.search ?? '')
    const state = query.get('state') ?? NO_STATE
    const begun = this.storage.getItem(keyOf(state)) !== null
    const code = query.get('code')
    if (code) {
      const used = !begun && this.storage.getItem(state) !== null
      return begun || (!strict && !used)
        ? { kind: 'code', code, state, begun }
        : { kind: 'foreign' }
    }
    const error = query.get('error')
    return error && begun ? { kind: 'refused', state } : { kind: 'none' }
  }

  /** Uses a sign-in up: its verifier is given out once. */
  take(state: string): string {
    const verifier = this.storage.getItem(keyOf(state)) ?? makeVerifier()
    this.storage.removeItem(keyOf(state))
    return verifier
  }

  /** Where the person was when the sign-in began that the address is the answer to. */
  get returnTo(): string | null {
    const state = new URLSearchParams(page()?.location.search ?? '').get('state')
    if (!state) return null
    const path = pathOf(this.storage.getItem(state))
    // Anything else under that key, or another host, is nowhere to go to.
    return path?.startsWith('/') && !path.startsWith('//') ? path : null
  }

  /** Forgets sign-ins that were never finished, once there are many. */
  #sweep(): void {
    const here = new URLSearchParams(location.search).get('state')
    const names = Array.from({ length: this.storage.length }, (_, at) => this.storage.key(at))
    const states = names.filter((name): name is string => {
      if (name === null || name === here || !STATE.test(name)) return false
      return pathOf(this.storage.getItem(name))?.startsWith('/') ?? false
    })
    if (states.length < MOST_BEGUN) return
    for (const state of states) {
      this.storage.removeItem(state)
      this.storage.removeItem(keyOf(state))
    }
  }
}

/** Takes a code that was used out of the address; the state stays, for whoever reads it. */
export function tidyAddress(): void {
  const address = new URL(location.href)
  address.searchParams.delete('code')
  history.replaceState(history.state, '', address)
}

/** 112 letters, as the original makes them. */
function makeVerifier(): string {
  const octets = crypto.getRandomValues(new Uint8Array(56))
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('')
}

function keyOf(state: string): string {
  return `${state}-${CODE_VERIFIER}`
}

function pathOf(stored: string | null): string | null {
  try {
    return stored === null ? null : decodeURIComponent(stored)
  } catch {
    return null
  }
}

export const CODE_VERIFIER = 'REAPIT_CODE_VERIFIER'
/** The key of a sign-in without a state, as the original writes it. */
const NO_STATE = 'null'
const MOST_BEGUN = 16
const STATE = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/
