import { fetchReply } from '@tenure/client/protocol'
import { fetcher } from './config.js'
import { AuthConnectError, misconfigured } from './errors.js'
import type { Manifest } from './types.js'

/** Fetches a discovery document, once for each address. */
export function fetchManifest(discoveryUrl: string): Promise<Manifest> {
  const address = documentOf(discoveryUrl)
  const known = fetched.get(address)
  if (known) return known
  const fetching = download(address).catch((cause: unknown) => {
    fetched.delete(address)
    throw cause
  })
  fetched.set(address, fetching)
  return fetching
}

/** The address of an endpoint, which must be there and safe. */
export function endpoint(manifest: Manifest, name: string): string {
  const found: unknown = manifest[name]
  if (typeof found !== 'string') throw misconfigured(`the discovery document has no ${name}`)
  if (!isSafe(found)) throw misconfigured(`${name} must begin with https`)
  return found
}

async function download(address: string): Promise<Manifest> {
  if (!isSafe(address)) throw misconfigured('the discoveryUrl must begin with https')
  const answer = await fetchReply(fetcher(), address, { headers: { accept: 'application/json' } })
  if (answer.status !== 200 || typeof answer.members['issuer'] !== 'string') {
    throw new AuthConnectError('unavailable', `${address} shows no discovery document`, {
      temporary: true,
    })
  }
  return answer.members
}

/** An issuer is taken for its document. */
function documentOf(discoveryUrl: string): string {
  if (discoveryUrl.includes(WELL_KNOWN)) return discoveryUrl
  return `${discoveryUrl.replace(/\/+$/, '')}${WELL_KNOWN}openid-configuration`
}

/** RFC 8252 §8.3: plain http on this machine only. */
function isSafe(address: string): boolean {
  try {
    const { protocol, hostname } = new URL(address)
    return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  } catch {
    return false
  }
}

const WELL_KNOWN = '/.well-known/'
const fetched = new Map<string, Promise<Manifest>>()
