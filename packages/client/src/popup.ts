import { SessionError } from './errors.js'

/** Opens the window while the click still counts; its address follows. */
export function openPopup(): Window {
  const opened = window.open('about:blank', '_blank', 'popup,width=480,height=640')
  if (opened) return opened
  throw new SessionError('popup_blocked', 'the browser blocked the window: allow it, or redirect')
}

/**
 * Waits until the window comes back to `redirectUri`, or a page in it calls
 * `announceCallback`. A window that is closed before is a rejection.
 */
export function awaitPopup(popup: Window, redirectUri: string, channel: string): Promise<URL> {
  return new Promise((resolve, reject) => {
    const told = new BroadcastChannel(channel)
    const look = setInterval(() => {
      const address = addressOf(popup)
      if (address && isAnswer(address, redirectUri)) end(() => resolve(address))
      else if (popup.closed) closedAt ??= Date.now()
      // An issuer may cut the window off, which looks the same: the page in it may still tell.
      if (closedAt !== undefined && Date.now() - closedAt > PATIENCE) end(() => reject(closed()))
    }, LOOK)
    let closedAt: number | undefined
    const end = (settle: () => void): void => {
      clearInterval(look)
      told.close()
      popup.close()
      settle()
    }
    told.onmessage = ({ data }) => end(() => resolve(new URL(String(data))))
  })
}

/** In the window: hands the address to the page that opened it. */
export function announceCallback(address: URL, channel: string): void {
  const told = new BroadcastChannel(channel)
  told.postMessage(address.href)
  told.close()
}

/** The issuer may live on the same origin: only its answer counts. */
function isAnswer(address: URL, redirectUri: string): boolean {
  const back = new URL(redirectUri)
  const there = address.origin === back.origin && address.pathname === back.pathname
  return there && /[?#&](code|error)=/.test(address.search + address.hash)
}

function addressOf(popup: Window): URL | null {
  try {
    return popup.location.href === 'about:blank' ? null : new URL(popup.location.href)
  } catch {
    return null
  }
}

function closed(): SessionError {
  return new SessionError('popup_closed', 'the window was closed before the sign-in was finished')
}

const LOOK = 100
const PATIENCE = 1_000
