import { SessionError } from './errors.js'

/**
 * Waits until the window comes back to `redirectUri`, or a page in it calls
 * `offerCallback`. A window that is closed before is a rejection.
 */
export function awaitPopup(popup: Window, redirectUri: string, channel: string): Promise<URL> {
  return new Promise((resolve, reject) => {
    const told = new BroadcastChannel(channel)
    let patience = PATIENCE
    const look = setInterval(() => {
      const address = addressOf(popup)
      if (address && isAnswer(address, redirectUri)) end(() => resolve(address))
      // An issuer may cut the window off, which looks the same: the page in it may still tell.
      if (popup.closed) patience -= LOOK
      if (patience <= 0) end(() => reject(closed()))
    }, LOOK)
    const end = (settle: () => void): void => {
      clearInterval(look)
      told.close()
      popup.close()
      settle()
    }
    told.onmessage = ({ data }) => end(() => resolve(new URL(String(data))))
  })
}

/**
 * In the window: hands the address to the page that opened it, and waits for a moment until that
 * page took it. `false` where it did not: it may be gone.
 */
export async function offerCallback(
  address: URL,
  channel: string,
  isTaken: () => boolean,
): Promise<boolean> {
  const told = new BroadcastChannel(channel)
  told.postMessage(address.href)
  for (let waited = 0; waited < LONGEST_OFFER && !isTaken(); waited += LOOK) {
    await new Promise((resolve) => setTimeout(resolve, LOOK))
  }
  told.close()
  return isTaken()
}

/** The issuer may live on the same origin: only its answer counts. */
function isAnswer(address: URL, redirectUri: string): boolean {
  const back = new URL(redirectUri)
  const there = address.origin === back.origin && address.pathname === back.pathname
  return there && /[?#&](code|error)=/.test(address.search + address.hash)
}

function addressOf(popup: Window): URL | null {
  try {
    return new URL(popup.location.href)
  } catch {
    return null
  }
}

function closed(): SessionError {
  return new SessionError('popup_closed', 'the window was closed before the sign-in was finished')
}

const LOOK = 100
const PATIENCE = 1_000
const LONGEST_OFFER = 3_000
