import { parseObject } from '../../parts/json.js'
import { claimsOf } from '../../parts/jwt.js'
import { REQUEST_TIMEOUT, timeout } from '../../parts/timeout.js'

/** What the requests and redirects of one client are made of. */
export interface EndpointSettings {
  oauthUrl: string
  clientId: string
  loginUrl: string
  logoutUrl: string
  usePkce: boolean
}

/** The address that a sign-in begins at. Addresses in it are written as they are. */
export function authorizeUrl(
  endpoints: EndpointSettings,
  path: 'authorize' | 'login',
  redirectUri: string | undefined,
  proof: Record<string, string>,
  more: Record<string, string> = {},
): string {
  const own = {
    response_type: 'code',
    client_id: endpoints.clientId,
    redirect_uri: plain(redirectUri || endpoints.loginUrl),
    ...proof,
  }
  const taken = Object.keys(more).find((name) => OURS.includes(name))
  if (taken !== undefined) throw new TypeError(`${taken} is set by the session: leave it out`)
  const parts = Object.entries(own).map((pair) => pair.join('='))
  const rest = new URLSearchParams(more).toString()
  return `${endpoints.oauthUrl}/${path}?${[...parts, ...(rest ? [rest] : [])].join('&')}`
}

/** The address that a sign-out goes to. */
export function logoutUrl(endpoints: EndpointSettings, returnTo: string | undefined): string {
  return `${endpoints.oauthUrl}/logout?client_id=${endpoints.clientId}&logout_uri=${plain(returnTo || endpoints.logoutUrl)}`
}

/** The form that changes a code for tokens. */
export function exchangeForm(endpoints: EndpointSettings, code: string, verifier: string): string {
  const form = new URLSearchParams({
    redirect_uri: endpoints.loginUrl,
    client_id: endpoints.clientId,
    grant_type: 'authorization_code',
    code,
  })
  if (endpoints.usePkce) {
    form.set('code_verifier', verifier)
    form.set('code_challenge_method', 'S256')
  }
  return form.toString()
}

/** The form that changes a refresh token for tokens. */
export function refreshForm(endpoints: EndpointSettings, refreshToken: string): string {
  return new URLSearchParams({
    redirect_uri: endpoints.loginUrl,
    client_id: endpoints.clientId,
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
  }).toString()
}

/** The members of an answer of the token endpoint. */
export type Members = Record<string, unknown>

/** An answer of the token endpoint, taken apart. */
export interface TokenReply {
  status: number
  headers: Headers
  /** Empty where the answer is not JSON. */
  members: Members
}

/** Sends a form to the token endpoint. */
export async function postForm(
  endpoints: EndpointSettings,
  body: string,
  signal: AbortSignal = timeout(REQUEST_TIMEOUT),
): Promise<TokenReply> {
  const response = await fetch(`${endpoints.oauthUrl}/token`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body,
    signal,
  })
  return readAnswer(response)
}

/** Takes an answer apart; one that a test made up may have its JSON alone. */
export async function readAnswer(response: Response): Promise<TokenReply> {
  const { status = 200, headers = new Headers() } = response as Partial<Response>
  const isDouble = typeof (response as Partial<Response>).text !== 'function'
  const members = isDouble
    ? ((await response.json()) as Members)
    : parseObject(await response.text())
  return { status, headers, members: members ?? {} }
}

/**
 * An answer as the core reads it: an error has the status of one, and a token its type.
 */
export function plainOf({ status, members, headers }: TokenReply): TokenReply {
  const failed = members['error'] !== undefined && status < 400
  return { status: failed ? 400 : status, members: { token_type: 'Bearer', ...members }, headers }
}

/** The life of an access token, in seconds from when it was asked for; `null` where nobody says. */
export function lifeOf(members: Members, now = Date.now()): number | null {
  const { exp, iat } = claimsOf(members['access_token']) ?? {}
  const told = Number(members['expires_in'] ?? Number.NaN)
  const lives = [told]
  if (typeof exp === 'number') lives.push(exp - (typeof iat === 'number' ? iat : now / 1000))
  const known = lives.filter((life) => Number.isFinite(life))
  return known.length === 0 ? null : Math.max(0, Math.min(...known))
}

/** Only what would tear the address apart is encoded: the rest is compared as it is written. */
function plain(uri: string): string {
  return uri.replace(/[&#+\s]/g, encodeURIComponent)
}

/** Seconds before its end from which a token of an hour is renewed. */
export const EARLY = 300
/** Parameters of the sign-in that are not for others to set. */
const OURS = [
  ['response_type', 'client_id', 'redirect_uri', 'state'],
  ['code_challenge', 'code_challenge_method'],
].flat()
