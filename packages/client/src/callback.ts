import type { Core } from './core.js'

/** The parameters that an answer can have. */
export function namesIn(core: Core): string[] {
  return core.ask('callback_names')
}

/** What the address says as a callback, in the core's fields; `null` where it is none. */
export function readCallback(core: Core, address: URL): string[] | null {
  const all = [...address.searchParams, ...new URLSearchParams(address.hash.slice(1))]
  const read = readParameters(core, all)
  return read[1] === 'not_a_callback' ? null : read
}

/** The same of its parameters. */
export function readParameters(core: Core, all: readonly [string, string][]): string[] {
  const names = namesIn(core)
  // Any link may lead here: what is no answer's does not reach the core, which NUL would confuse.
  const pairs = all.filter(([name, value]) => names.includes(name) && !value.includes('\0'))
  return core.ask('callback', ...pairs.flat())
}
