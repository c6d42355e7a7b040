import { comesBack, isAt, LONGEST_SIGN_IN, tell } from '../../parts/popup.js'
import { configured } from './config.js'
import { AuthConnectError } from './errors.js'

/** Opens the window while the click still counts; its address follows. */
export function openWindow(): Window {
  const opened = window.open('about:blank', '_blank', 'popup,width=480,height=640')
  if (opened) return opened
  throw new AuthConnectError('popup_blocked', 'the browser blocked the window: allow windows here')
}

/**
 * Waits until the window comes back with the provider's answer to this `state`. Closing it is a
 * rejection, and so is staying away for too long; `late` takes an answer that comes after all.
 */
export async function answerIn(
  opened: Window,
  redirectUri: string,
  state: string,
  late: (address: URL) => void,
): Promise<URL> {
  const { signInWindowSecs } = configured().tenure ?? {}
  const back = await comesBack({
    opened,
    isBack: (at) => isAt(at, redirectUri) && isAnswer(at),
    channel: CHANNEL + state,
    limit: signInWindowSecs === undefined ? LONGEST_SIGN_IN : signInWindowSecs * 1000,
    late,
  })
  if (back instanceof URL) return back
  const why = back === 'closed' ? 'was closed' : 'did not come back in time'
  throw new AuthConnectError('popup_closed', `the window ${why}: the sign-in is not finished`)
}

/**
 * Waits until the window comes back from signing out, or was closed. `false` where it stayed away
 * for too long.
 */
export async function backIn(opened: Window, logoutUrl: string): Promise<boolean> {
  const { signOutWindowSecs = 60 } = configured().tenure ?? {}
  const isBack = (at: URL): boolean => isAt(at, logoutUrl)
  const limit = signOutWindowSecs * 1000
  leave(`${Date.now() + limit} ${logoutUrl}`)
  const back = await comesBack({
    opened,
    isBack,
    channel: CHANNEL,
    // One that is not cut off can be looked into: whoever tells is another page, then.
    isTold: (at) => opened.closed && isBack(at),
    limit,
  })
  leave('')
  return back !== 'limit'
}

/** In the window: hands its address over to the page that waits for the answer to this `state`. */
export function tellAnswer(state: string): void {
  tell(CHANNEL + state, location.href)
  window.close()
}

/** In a window that the provider cut off: says that it is back from signing out. */
export function tellSignedOut(): void {
  const [until, logoutUrl = ''] = leave().split(' ')
  if (window.opener || !(Number(until) > Date.now())) return
  if (isAt(new URL(location.href), logoutUrl)) tellAnswer('')
}

/** Until when a window signs out, and the address that it comes back to. */
function leave(now?: string): string {
  try {
    if (now !== undefined) localStorage.setItem(LEAVING, now)
    return localStorage.getItem(LEAVING) ?? ''
  } catch {
    // Then a window that was cut off stays until the person closes it.
    return ''
  }
}

/** Whether an address brings the answer to a sign-in. */
export function isAnswer(address: URL): boolean {
  return /[?#&](code|error|id_token|access_token)=/.test(address.search + address.hash)
}

/** The parameters of an address, of its query and of its fragment. */
export function parametersOf(address: string): Record<string, string> {
  const { searchParams, hash } = new URL(address, 'http://localhost')
  return Object.fromEntries([...searchParams, ...new URLSearchParams(hash.slice(1))])
}

const CHANNEL = 'tenure:auth-connect:window:'
const LEAVING = 'tenure:auth-connect:leaving'
