/** A signal after some milliseconds; browsers have one of their own since 2022, jsdom has none. */
export function timeout(millis: number): AbortSignal {
  if (typeof AbortSignal.timeout === 'function') return AbortSignal.timeout(millis)
  const ends = new AbortController()
  setTimeout(() => ends.abort(new DOMException('', 'TimeoutError')), millis)
  return ends.signal
}

/** How long an issuer may take, in milliseconds; whoever waits for it under a lock gives up before. */
export const REQUEST_TIMEOUT = 30_000
