import { claimsOf } from './id_token.js'
import type { SignedOutReason, Snapshot } from './types.js'

/** What the core's snapshot says, with what only the driver needs. */
export interface Known {
  shown: Snapshot
  token?: {
    accessToken: string
    tokenType: string
    issued: string
    login: string
    obtainedAt: number
    freshUntil: number
  }
  idToken?: string
}

/** Reads the core's fields; the shown part is the one before if nothing of it changed. */
export function read(fields: readonly string[], before: Snapshot): Known {
  const [status, ...rest] = fields
  if (status === 'loading') return { shown: same({ status: 'loading' }, before) }
  if (status === 'signed_out') {
    const reason = rest[0] as SignedOutReason
    return { shown: same({ status: 'signed_out', reason }, before) }
  }
  const [, freshUntil, loginGeneration, loginAt, , ...tokens] = rest
  const [accessToken = '', tokenType = '', obtainedAt, issued = '', expiresAt, , , idToken, scope] =
    tokens
  const identity =
    before.status === 'signed_in' && idToken === identities.get(before)
      ? before.identity
      : idToken
        ? claimsOf(idToken)
        : null
  const shown: Snapshot = {
    status: 'signed_in',
    identity,
    scope: scope || null,
    expiresAt: expiresAt ? Number(expiresAt) : null,
    obtainedAt: Number(obtainedAt),
    signedInAt: Number(loginAt),
  }
  const kept = same(shown, before)
  identities.set(kept, idToken ?? '')
  return {
    shown: kept,
    token: {
      accessToken,
      tokenType,
      issued,
      login: `${loginGeneration} ${loginAt}`,
      obtainedAt: Number(obtainedAt),
      freshUntil: freshUntil ? Number(freshUntil) : Number.POSITIVE_INFINITY,
    },
    ...(idToken ? { idToken } : {}),
  }
}

function same(next: Snapshot, before: Snapshot): Snapshot {
  const one = next as unknown as Record<string, unknown>
  const other = before as unknown as Record<string, unknown>
  return Object.keys(one).every((key) => one[key] === other[key]) ? before : Object.freeze(next)
}

/** Which ID token an identity was read from. */
const identities = new WeakMap<Snapshot, string>()
