/** The page, or `null` where there is none, as on a server that renders. */
export function page(): Window | null {
  return typeof window === 'object' && typeof document === 'object' ? window : null
}

/** Whether the page is shown inside the desktop program. */
export function isDesktop(): boolean {
  return Boolean((page() as Record<string, unknown> | null)?.[GLOBAL_KEY])
}

/** Leaves for another page. */
export function leave(address: string): void {
  const here = page()
  if (here) here.location.href = address
}

/** The storage of this kind of page; one that lives in memory where the browser blocks it. */
export function storage(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'> {
  const here = page()
  try {
    const found = isDesktop() ? here?.localStorage : here?.sessionStorage
    found?.getItem(GLOBAL_KEY)
    if (found) return found
  } catch {
    // Blocked: a session lasts as long as the page.
  }
  return inMemory()
}

export type PageStorage = ReturnType<typeof storage>

/** Storages that end with the page: what goes to the issuer and back finds nothing in them. */
export const forgetful = new WeakSet<PageStorage>()

function inMemory(): PageStorage {
  const kept = new Map<string, string>()
  const made: PageStorage = {
    get length() {
      return kept.size
    },
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }
  forgetful.add(made)
  return made
}

/** A channel to the other pages of this origin, where there are such. */
export function channelOf(name: string, heard: (data: unknown) => void): BroadcastChannel | null {
  if (typeof BroadcastChannel !== 'function') return null
  const channel = new BroadcastChannel(name)
  channel.onmessage = ({ data }) => heard(data)
  // Tests that make a page in Node end in spite of it.
  ;(channel as { unref?: () => void }).unref?.()
  return channel
}

export const GLOBAL_KEY = '__REAPIT_MARKETPLACE_GLOBALS__'
