import { subtle } from '@tenure/client/protocol'
import { base64url } from '../../parts/jwt.js'
import type { AuthResult, Provider, ResultConfig } from './types.js'

/** Tokens as they came. */
export interface Grant {
  accessToken?: string
  idToken?: string
  refreshToken?: string
  expiresIn?: number
  scope?: string
  tokenType: string
  receivedAt: number
  rawResult: string
}

/** Which sign-in a result is of, and how many refreshes led to it. */
export interface Mark {
  login: string
  generation: number
}

/** The result of a new sign-in. */
export function build(
  { provider, config }: { provider: Provider; config: ResultConfig },
  grant: Grant,
): AuthResult {
  const login = base64url(crypto.getRandomValues(new Uint8Array(16)))
  return {
    ...grant,
    state: marked({}, { login, generation: 1 }),
    config,
    provider: { ...provider, config: withoutProof(provider.config) },
  }
}

/** Reads the mark; a result that has none, of another library, is known by its refresh token. */
export async function markOf({ state, refreshToken = '' }: AuthResult): Promise<Mark> {
  const { [LOGIN]: login, [GENERATION]: generation } = (state ?? {}) as Record<string, string>
  if (login) return { login, generation: Math.max(1, Math.trunc(Number(generation)) || 1) }
  const digest = await subtle().digest('SHA-256', new TextEncoder().encode(refreshToken))
  return { login: base64url(digest.slice(0, 16)), generation: 1 }
}

export function marked(state: Record<string, string>, mark: Mark): Record<string, string> {
  return { ...state, [LOGIN]: mark.login, [GENERATION]: String(mark.generation) }
}

/** The proof of a code is used up: nobody needs to keep it. */
function withoutProof(config: Provider['config']): Provider['config'] {
  const { code_verifier: _, ...payload } = config.payload ?? {}
  return { ...config, payload }
}

const LOGIN = 'tenure_login'
const GENERATION = 'tenure_generation'
