import { fetchReply, readTokenResponse } from '@tenure/client/protocol'
import { fetcher } from './config.js'
import { AuthConnectError } from './errors.js'
import { form, withParameters } from './form.js'
import { checkAccessTokenHash, checkIdToken } from './identity.js'
import type { Grant } from './result.js'
import type { Provider } from './types.js'

/** Exchanges the code for tokens. */
export async function exchange(provider: Provider, code: string): Promise<Grant> {
  const { url, params, payload, tokenCodeName } = provider.config
  const reply = await fetchReply(
    fetcher(),
    withParameters({ url, ...(params && { params }) }),
    form({ ...payload, [tokenCodeName ?? 'code']: code }),
  )
  const { members, requestedAt } = reply
  const response = await readTokenResponse(reply)
  if (response.kind !== 'tokens') throw failure(response.kind, members)
  return { ...response.tokens, receivedAt: requestedAt, rawResult: JSON.stringify(members) }
}

/** The tokens that came in the address itself. */
export function implicit(parameters: Record<string, string>): Grant {
  const { access_token, id_token, token_type, expires_in, scope } = parameters
  const life = Number(expires_in ?? Number.NaN)
  return {
    tokenType: token_type ?? 'Bearer',
    receivedAt: Date.now(),
    rawResult: JSON.stringify(parameters),
    ...(access_token && { accessToken: access_token }),
    ...(id_token && { idToken: id_token }),
    ...(Number.isFinite(life) && { expiresIn: Math.max(0, Math.trunc(life)) }),
    ...(scope && { scope }),
  }
}

/** No tokens without a good ID token, where one was asked for. */
export async function check(
  { manifest, options }: Provider,
  { accessToken, idToken }: Grant,
  nonce: string,
  isImplicit: boolean,
): Promise<void> {
  if (idToken === undefined) {
    if (!isImplicit && !options.scope.split(' ').includes('openid')) return
    throw new AuthConnectError('invalid_id_token', 'the provider sent no ID token')
  }
  await checkIdToken(idToken, manifest, options, nonce)
  if (accessToken !== undefined && isImplicit) await checkAccessTokenHash(idToken, accessToken)
}

/** What the provider said instead of signing the person in. */
export function refused(error: string, description = '', temporary: boolean): AuthConnectError {
  const said = description === '' ? error : `${error}: ${description.slice(0, 200)}`
  return new AuthConnectError('refused', `the provider answered ${said}`, {
    error,
    errorMessage: description,
    temporary,
  })
}

function failure(kind: string, members: Record<string, unknown>): AuthConnectError {
  const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 200) : '')
  return new AuthConnectError(kind, FAILURES[kind] ?? 'the provider refuses this client', {
    error: text(members['error']) || kind,
    errorMessage: text(members['error_description']),
    temporary: kind === 'unavailable',
  })
}

const FAILURES: Record<string, string> = {
  refused: 'the code is not valid any more: sign in again',
  unavailable: 'the provider cannot be used now',
}
