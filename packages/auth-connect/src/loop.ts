import { loadCore } from '@tenure/client/parts'
import { AuthConnectError } from './errors.js'

/** Stops a loop of redirects: three in ten seconds that did not lead to a sign-in. */
export async function admit(): Promise<void> {
  const core = await loadCore()
  const [kind, ...kept] = core.ask('admit', Date.now(), 3, 10_000, ...read().split(' '))
  if (kind === 'ok') return write(kept.join(' '))
  throw new AuthConnectError(
    'redirect_loop',
    'signing in came back three times within ten seconds: something is wrong with it',
  )
}

/** A sign-in succeeded: the count begins again. */
export function calm(): void {
  write('')
}

function read(): string {
  try {
    return sessionStorage.getItem(KEY) ?? ''
  } catch {
    return ''
  }
}

function write(times: string): void {
  try {
    if (times === '') sessionStorage.removeItem(KEY)
    else sessionStorage.setItem(KEY, times)
  } catch {
    // Without it a loop is not noticed; nothing else is lost.
  }
}

const KEY = 'tenure:auth-connect:redirects'
