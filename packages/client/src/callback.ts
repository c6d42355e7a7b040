import type { Core } from './core.js'

/** The parameters that an answer can have. */
export function namesIn(core: Core): string[] {
  return core.ask('callback_names')
}

/** What the address says as a callback, in the core's fields; `null` where it is none. */
export function readCallback(core: Core, address: URL): string[] | null {
  const names = namesIn(core)
  const all = [...address.searchParams, ...new URLSearchParams(address.hash.slice(1))]
  // Any link may lead here: what is no answer's does not reach the core, which NUL would confuse.
  const pairs = all.filter(([name, value]) => names.includes(name) && !value.includes('\0'))
  const read = core.ask('callback', ...pairs.flat())
  return read[1] === 'not_a_callback' ? null : read
}
