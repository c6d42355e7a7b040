import { AuthConnectError } from './errors.js'

/** Opens the window while the click still counts; its address follows. */
export function openWindow(): Window {
  const opened = window.open('about:blank', '_blank', 'popup,width=480,height=640')
  if (opened) return opened
  throw new AuthConnectError('popup_blocked', 'the browser blocked the window: allow windows here')
}

/**
 * Waits until the window comes back with the provider's answer to this `state`; closing it is a
 * rejection.
 */
export async function answerIn(opened: Window, redirectUri: string, state: string): Promise<URL> {
  // Other pages of this origin may wait for windows of theirs.
  const told = (address: URL): boolean =>
    isAt(address, redirectUri) && parametersOf(address.href)['state'] === state
  const back = await comesBack(opened, (at) => isAt(at, redirectUri) && isAnswer(at), told)
  if (back) return back
  throw new AuthConnectError(
    'popup_closed',
    'the window was closed before the sign-in was finished',
  )
}

/** Waits until the window comes back from signing out, or was closed. */
export async function backIn(opened: Window, logoutUrl: string): Promise<void> {
  await comesBack(opened, (at) => isAt(at, logoutUrl))
}

/** In the window: hands its address to the page that opened it. */
export function tellOpener(): void {
  const told = new BroadcastChannel(CHANNEL)
  told.postMessage(location.href)
  told.close()
  window.close()
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

/** Looks at the window, and listens for what a page in a window tells. */
function comesBack(
  opened: Window,
  isSeen: (address: URL) => boolean,
  isTold: (address: URL) => boolean = () => false,
): Promise<URL | null> {
  return new Promise((resolve) => {
    const told = new BroadcastChannel(CHANNEL)
    const end = (address: URL | null): void => {
      clearInterval(look)
      told.close()
      opened.close()
      resolve(address)
    }
    let patience = PATIENCE
    const look = setInterval(() => {
      const address = addressOf(opened)
      if (address && isSeen(address)) return end(address)
      // A provider may cut the window off, which looks the same: the page in it may still tell.
      if (opened.closed) patience -= LOOK
      if (patience <= 0) end(null)
    }, LOOK)
    told.onmessage = ({ data }) => {
      const address = new URL(String(data))
      if (isTold(address)) end(address)
    }
  })
}

/** The provider may live on the same origin: only its answer counts. */
function isAt(address: URL, to: string): boolean {
  const back = new URL(to, location.href)
  return address.origin === back.origin && address.pathname === back.pathname
}

function addressOf(opened: Window): URL | null {
  try {
    return opened.location.href === 'about:blank' ? null : new URL(opened.location.href)
  } catch {
    return null
  }
}

const CHANNEL = 'tenure:auth-connect:window'
const LOOK = 100
const PATIENCE = 1_000
