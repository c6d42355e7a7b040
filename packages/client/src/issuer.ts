import { fetchReply, type HttpReply } from './reply.js'
import type { Core } from './core.js'
import { SessionError } from './errors.js'
import type { JsonObject } from '../../parts/json.js'
import type { Metadata, SessionOptions } from './types.js'

/** What is asked of the issuer over the network. */
export interface Issuer {
  metadata(): Promise<Metadata>
  /** Sends a form to the token endpoint. */
  token(body: string): Promise<HttpReply>
  /** Sends a form to the revocation endpoint, and says whether there is one that accepted it. */
  revoke(body: string): Promise<boolean>
  /** The keys that it signs with now. */
  keys(): Promise<JsonWebKey[]>
}

export function openIssuer(core: Core, options: SessionOptions): Issuer {
  const { fetch = (input, init) => globalThis.fetch(input, init) } = options
  const get = (url: string): Promise<HttpReply> =>
    fetchReply(fetch, url, { headers: { accept: 'application/json' } })
  const post = (url: string, body: string, keepalive: boolean): Promise<HttpReply> =>
    fetchReply(fetch, url, { method: 'POST', body, headers: headers(options), keepalive })
  let known: Promise<Metadata> | undefined
  const metadata = (): Promise<Metadata> => {
    known ??= discover(core, get, options).catch((cause: unknown) => {
      known = undefined
      throw cause
    })
    return known
  }
  return {
    metadata,
    token: async (body) => post((await metadata()).token_endpoint, body, false),
    async revoke(body) {
      const { revocation_endpoint } = await metadata()
      if (!revocation_endpoint) return false
      return (await post(revocation_endpoint, body, true)).status === 200
    },
    async keys() {
      const { jwks_uri } = await metadata()
      const { keys } = (await get(jwks_uri)).members
      if (Array.isArray(keys)) return keys as JsonWebKey[]
      throw unavailable(jwks_uri)
    },
  }
}

async function discover(
  core: Core,
  get: (url: string) => Promise<HttpReply>,
  { issuer, metadata: given = {} }: SessionOptions,
): Promise<Metadata> {
  let found: JsonObject = { issuer }
  if (!given.token_endpoint || !given.authorization_endpoint) {
    const [url = ''] = core.ask('discovery_url', issuer)
    const answer = await get(url)
    if (answer.status !== 200 || !answer.members['issuer']) throw unavailable(url)
    found = answer.members
  }
  const all: JsonObject = { ...found, ...given }
  const names = ENDPOINTS.map((name) => String(all[name] ?? '')) as Names
  const [fault, member = ''] = core.ask('metadata', issuer, ...names)
  if (!fault) return all as unknown as Metadata
  const what = `${fault} ${member || String(all['issuer'])}`
  throw new SessionError('misconfigured', `${issuer} cannot be used: ${what}`, {
    detail: member ? `${fault}:${member}` : fault,
  })
}

function headers({ clientId, clientSecret }: SessionOptions): Record<string, string> {
  const common = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
  if (clientSecret === undefined) return common
  // RFC 6749 §2.3.1: both are encoded as in a form first.
  const form = (text: string): string => String(new URLSearchParams([['', text]])).slice(1)
  return { ...common, authorization: `Basic ${btoa(`${form(clientId)}:${form(clientSecret)}`)}` }
}

function unavailable(url: string): SessionError {
  return new SessionError('unavailable', `${url} does not answer as it should: ask again later`, {
    retryAfter: 1000,
  })
}

/** As many as there are `ENDPOINTS`. */
type Names = [string, string, string, string, string, string]

const ENDPOINTS = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'jwks_uri',
  'revocation_endpoint',
  'end_session_endpoint',
]
