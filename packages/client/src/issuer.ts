import { ask, type Answer } from './answer.js'
import type { Core } from './core.js'
import { SessionError } from './errors.js'
import type { Metadata, SessionOptions } from './types.js'

/** The issuer's endpoints. */
export interface Issuer {
  metadata(): Promise<Metadata>
  /** Sends a form to the token endpoint. */
  token(body: string): Promise<Answer>
  /** Sends a form to the revocation endpoint, if there is one; nobody waits for it. */
  revoke(body: string): Promise<void>
  /** The key that an ID token names. */
  key(kid: string | undefined, alg: string): Promise<JsonWebKey>
}

export function openIssuer(core: Core, options: SessionOptions): Issuer {
  const fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  let known: Promise<Metadata> | undefined
  let keys: Promise<JsonWebKey[]> | undefined

  const metadata = (): Promise<Metadata> => {
    known ??= discover(core, fetch, options).catch((cause: unknown) => {
      known = undefined
      throw cause
    })
    return known
  }
  const form = async (url: string, body: string, keepalive: boolean): Promise<Answer> =>
    ask(fetch, url, { method: 'POST', body, headers: headers(options), keepalive })
  const fetchKeys = async (): Promise<JsonWebKey[]> => {
    const answer = await ask(fetch, (await metadata()).jwks_uri, {})
    const found = answer.members['keys']
    if (!Array.isArray(found)) throw unavailable('the issuer does not show its keys')
    return found as JsonWebKey[]
  }
  return {
    metadata,
    token: async (body) => form((await metadata()).token_endpoint, body, false),
    async revoke(body) {
      const { revocation_endpoint } = await metadata()
      if (revocation_endpoint) await form(revocation_endpoint, body, true)
    },
    async key(kid, alg) {
      keys ??= fetchKeys()
      const cached = keys
      const found = pick(await cached.catch(() => []), kid, alg)
      if (found) return found
      // Keys rotate: look once more before the token counts as foreign.
      keys = fetchKeys()
      const newer = pick(await keys, kid, alg)
      if (newer) return newer
      throw new SessionError('invalid_id_token', 'no key of the issuer signed the ID token', {
        detail: 'unknown_key',
      })
    },
  }
}

async function discover(
  core: Core,
  fetch: typeof globalThis.fetch,
  { issuer, metadata: given = {} }: SessionOptions,
): Promise<Metadata> {
  let found: Record<string, unknown> = { issuer }
  if (!given.token_endpoint || !given.authorization_endpoint) {
    const [url = ''] = core.ask('discovery_url', issuer)
    const answer = await ask(fetch, url, { headers: { accept: 'application/json' } })
    if (answer.status !== 200 || typeof answer.members['issuer'] !== 'string') {
      throw unavailable(`${url} does not answer with a discovery document`)
    }
    found = answer.members
  }
  const all = { ...found, ...given } as Record<string, unknown>
  const text = (name: string): string =>
    typeof all[name] === 'string' ? (all[name] as string) : ''
  const [fault, detail] = core.ask('metadata', issuer, text('issuer'), ...ENDPOINTS.map(text))
  if (fault) {
    throw new SessionError('misconfigured', explain(fault, detail, issuer, text('issuer')), {
      detail: detail ? `${fault}:${detail}` : fault,
    })
  }
  return all as unknown as Metadata
}

function explain(fault: string, detail: string | undefined, asked: string, found: string): string {
  switch (fault) {
    case 'foreign_issuer':
      return `the discovery document is of ${found}, not of ${asked}: write the issuer as it does`
    case 'missing':
      return `the discovery document has no ${detail}`
    default:
      return `${detail} must begin with https`
  }
}

function headers({ clientId, clientSecret }: SessionOptions): Record<string, string> {
  const common = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
  if (clientSecret === undefined) return common
  // RFC 6749 §2.3.1: both are encoded as in a form first.
  const form = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1)
  return { ...common, authorization: `Basic ${btoa(`${form(clientId)}:${form(clientSecret)}`)}` }
}

function pick(keys: JsonWebKey[], kid: string | undefined, alg: string): JsonWebKey | undefined {
  const type = alg.startsWith('ES') ? 'EC' : alg === 'EdDSA' || alg === 'Ed25519' ? 'OKP' : 'RSA'
  const fits = keys.filter((key) => key.kty === type && (key.use ?? 'sig') === 'sig')
  if (kid === undefined) return fits.length === 1 ? fits[0] : undefined
  return fits.find((key) => (key as { kid?: string }).kid === kid)
}

function unavailable(message: string): SessionError {
  return new SessionError('unavailable', message, { retryAfter: 1000 })
}

const ENDPOINTS = [
  'authorization_endpoint',
  'token_endpoint',
  'jwks_uri',
  'revocation_endpoint',
  'end_session_endpoint',
] as const
