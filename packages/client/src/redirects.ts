// A loop of redirects: a tab that is sent to sign in again and again.
import type { Core } from './core.js'

/** Whether this tab may be sent to sign in once more: three times in ten seconds, and no more. */
export function allowRedirect(core: Core, key: string): boolean {
  const [kind, ...times] = core.ask(
    'allow_redirect',
    Date.now(),
    3,
    10_000,
    ...read(key).split(' '),
  )
  if (kind === 'ok') write(key, times.join(' '))
  return kind === 'ok'
}

/** A sign-in succeeded: the count begins again. */
export function forgetRedirects(key: string): void {
  write(key, '')
}

/** When this tab was sent to sign in. */
function read(key: string): string {
  try {
    return sessionStorage.getItem(key) ?? ''
  } catch {
    return ''
  }
}

function write(key: string, times: string): void {
  try {
    if (times === '') sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, times)
  } catch {
    // Without it a loop is not noticed; nothing else is lost.
  }
}
