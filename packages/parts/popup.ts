/** A window that was opened, and how this page knows that it is back. */
export interface Popup {
  opened: Window
  /** Whether this is the address that is waited for; others of this origin may come before. */
  isBack: (address: URL) => boolean
  /** Where a page in the window tells its address, see `tell`. */
  channel: string
  /** The same for an address that was told. Default: `isBack`. */
  isTold?: (address: URL) => boolean
  /** How long to wait at most, in milliseconds. */
  limit: number
  /** What to do with an answer that comes when nobody waits any more. */
  late?: (address: URL) => void
  signal?: AbortSignal | undefined
}

/**
 * The address that a window came back with. `closed` when the person closed it, `limit` when it
 * stayed away for too long; it is closed then.
 */
export function comesBack(popup: Popup): Promise<URL | 'closed' | 'limit'> {
  const { opened, isBack, isTold = isBack, channel, limit, late, signal } = popup
  return new Promise((resolve) => {
    const told = new BroadcastChannel(channel)
    let waiting = true
    let patience = PATIENCE
    const settle = (back: URL | 'closed' | 'limit'): void => {
      waiting = false
      clearInterval(look)
      opened.close()
      resolve(back)
    }
    const end = (back: URL | 'limit'): void => {
      clearTimeout(longest)
      told.close()
      if (!waiting && back !== 'limit') late?.(back)
      settle(back)
    }
    const look = setInterval(() => {
      const address = addressOf(opened)
      if (address && isBack(address)) return end(address)
      // A provider may cut the window off, which looks as if it were closed. The focus tells: as
      // long as a person is in that window it is not here. Its page may still tell afterwards.
      patience = opened.closed && document.hasFocus() ? patience - 1 : PATIENCE
      if (patience === 0) settle('closed')
    }, LOOK)
    const longest = setTimeout(() => end('limit'), limit)
    told.onmessage = ({ data }) => {
      const address = new URL(String(data))
      if (isTold(address)) end(address)
    }
    signal?.addEventListener('abort', () => end('limit'))
  })
}

/** In the window: tells the page that opened it where it is. */
export function tell(channel: string, address: string): void {
  const told = new BroadcastChannel(channel)
  told.postMessage(address)
  told.close()
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
  tell(channel, address.href)
  for (let waited = 0; waited < LONGEST_OFFER && !isTaken(); waited += LOOK) {
    await new Promise((resolve) => setTimeout(resolve, LOOK))
  }
  return isTaken()
}

/** Whether an address lies at another; the provider may live on the same origin. */
export function isAt(address: URL, to: string): boolean {
  const back = new URL(to, location.href)
  return address.origin === back.origin && address.pathname === back.pathname
}

function addressOf(opened: Window): URL | null {
  try {
    return new URL(opened.location.href)
  } catch {
    return null
  }
}

/** A person has this long to sign in. Whether the answer still counts then, the core says. */
export const LONGEST_SIGN_IN = 600_000
const LOOK = 100
const PATIENCE = 10
const LONGEST_OFFER = 3_000
