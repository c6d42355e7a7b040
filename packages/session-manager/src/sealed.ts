import type { SealKey } from './seal/index.js'

/** The key of a session id. What seals is loaded when it is first needed. */
export async function opener(id: string): Promise<SealKey> {
  const { sealKey } = await import('./seal.js')
  return sealKey(id)
}

/** The server has no session for this id. */
export class SessionOver extends Error {
  constructor() {
    super('Session Expired or Invalid public key')
  }
}

/**
 * Whether a server said that it has no such session, or not for this page. One that is out of
 * order, overloaded or out of reach says nothing about it.
 */
export function saysNo(cause: unknown): boolean {
  const { status } = (cause ?? {}) as { status?: unknown }
  if (typeof status !== 'number') return cause instanceof SessionOver
  return status >= 400 && status < 500 && !MAY_PASS.includes(status)
}

/** The request came too slowly, too early or too often. */
const MAY_PASS = [408, 425, 429]
