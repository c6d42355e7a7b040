import { claimsOf } from './jwt.js'

/** What the requests and redirects of one client are made of. */
export interface Wire {
  oauthUrl: string
  clientId: string
  loginUrl: string
  logoutUrl: string
  usePkce: boolean
}

/** The address that a sign-in begins at. Addresses in it are written as they are. */
export function authorizeUrl(
  wire: Wire,
  path: 'authorize' | 'login',
  redirectUri: string | undefined,
  proof: { state: string; challenge: string | null } | null,
): string {
  const parts = ['response_type=code', `client_id=${wire.clientId}`]
  parts.push(`redirect_uri=${plain(redirectUri || wire.loginUrl)}`)
  if (proof) parts.push(`state=${proof.state}`)
  if (proof?.challenge) {
    parts.push('code_challenge_method=S256', `code_challenge=${proof.challenge}`)
  }
  return `${wire.oauthUrl}/${path}?${parts.join('&')}`
}

/** The address that a sign-out goes to. */
export function logoutUrl(wire: Wire, returnTo: string | undefined): string {
  return `${wire.oauthUrl}/logout?client_id=${wire.clientId}&logout_uri=${plain(returnTo || wire.logoutUrl)}`
}

/** The form that changes a code for tokens. */
export function exchangeForm(wire: Wire, code: string, verifier: string): string {
  const form = new URLSearchParams({
    redirect_uri: wire.loginUrl,
    client_id: wire.clientId,
    grant_type: 'authorization_code',
    code,
  })
  if (wire.usePkce) {
    form.set('code_verifier', verifier)
    form.set('code_challenge_method', 'S256')
  }
  return form.toString()
}

/** The form that changes a refresh token for tokens. */
export function refreshForm(wire: Wire, refreshToken: string): string {
  return new URLSearchParams({
    redirect_uri: wire.loginUrl,
    client_id: wire.clientId,
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
  }).toString()
}

/** The members of an answer of the token endpoint. */
export type Members = Record<string, unknown>

/** An answer of the token endpoint, taken apart. */
export interface Answer {
  status: number
  headers: Headers
  /** Empty where the answer is not JSON. */
  members: Members
}

/** Sends a form to the token endpoint. */
export async function postForm(
  wire: Wire,
  body: string,
  signal: AbortSignal = AbortSignal.timeout(TIMEOUT),
): Promise<Answer> {
  const response = await fetch(`${wire.oauthUrl}/token`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body,
    signal,
  })
  return readAnswer(response)
}

export async function readAnswer(response: Response): Promise<Answer> {
  const { status, headers } = response
  return { status, headers, members: membersOf(await response.text()) }
}

/** Whether an answer says nothing about what was asked, and asking again may help. */
export function isOutage({ status, members }: Answer): boolean {
  const { error } = members
  if (typeof error !== 'string') return typeof members['access_token'] !== 'string'
  return status >= 500 || status === 429 || PASSING.includes(error)
}

function membersOf(text: string): Members {
  try {
    const found: unknown = JSON.parse(text)
    return typeof found === 'object' && found !== null ? (found as Members) : {}
  } catch {
    return {}
  }
}

/**
 * The spans of an access token's life, in seconds from when it was asked for: until it is due, five
 * minutes before its end or at two thirds of a short life, and until its end.
 */
export function spansOf(members: Members, now = Date.now()): { due: number; end: number } | null {
  const { exp, iat } = claimsOf(members['access_token']) ?? {}
  const told = Number(members['expires_in'] ?? Number.NaN)
  const lives = [told]
  if (typeof exp === 'number') lives.push(exp - (typeof iat === 'number' ? iat : now / 1000))
  const known = lives.filter((life) => Number.isFinite(life))
  if (known.length === 0) return null
  const end = Math.max(0, Math.min(...known))
  return { due: end > EARLY ? end - EARLY : (end * 2) / 3, end }
}

/** Only what would tear the address apart is encoded: the rest is compared as it is written. */
function plain(uri: string): string {
  return uri.replace(/[&#+\s]/g, encodeURIComponent)
}

/** Seconds before its end from which a token is not handed out any more. */
export const EARLY = 300
const PASSING = ['server_error', 'temporarily_unavailable']
const TIMEOUT = 30_000
