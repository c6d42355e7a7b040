import type { Core } from './core.js'

/** What the address says as a callback, in the core's fields; `null` where it is none. */
export function readCallback(core: Core, address: URL): string[] | null {
  const pairs = [...address.searchParams, ...new URLSearchParams(address.hash.slice(1))]
  const read = core.ask('callback', ...pairs.flat())
  return read[1] === 'not_a_callback' ? null : read
}
