// An OpenID provider on this machine: real requests, real signatures, and faults on demand.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Issuer {
  url: string
  discoveryUrl: string
  /** Forms that came to the token endpoint. */
  forms: Record<string, string>[]
  /** Forms that came to the revocation endpoint. */
  revoked: string[]
  /** Answers of an API: which bearer tokens were shown to it. */
  shown: (string | undefined)[]
  /** Changes the next answers. */
  fault: Fault
  accepted: Set<string>
  stop(): Promise<void>
}

export interface Fault {
  token?: 'invalid_grant' | 'unavailable' | 'html' | 'cut'
  /** Claims that replace those of the ID token. */
  claims?: Record<string, unknown>
  /** Members that replace those of the token answer. */
  answer?: Record<string, unknown>
  slow?: Promise<void>
}

/** Starts a provider that rotates refresh tokens and takes each of them once. */
export async function startIssuer(): Promise<Issuer> {
  const pair = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair
  const jwk = { ...(await crypto.subtle.exportKey('jwk', pair.publicKey)), kid: 'one', use: 'sig' }
  const codes = new Map<string, { nonce: string; challenge: string | null }>()
  let families = 0
  const issuer: Issuer = {
    url: '',
    discoveryUrl: '',
    forms: [],
    revoked: [],
    shown: [],
    fault: {},
    accepted: new Set(),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }

  const idToken = (nonce: string | undefined, accessToken: string): Promise<string> => {
    const now = Math.trunc(Date.now() / 1000)
    return atHash(accessToken).then((at_hash) =>
      sign(pair.privateKey, {
        iss: issuer.url,
        aud: 'app',
        sub: 'ada',
        iat: now,
        exp: now + 600,
        at_hash,
        ...(nonce && { nonce }),
        ...issuer.fault.claims,
      }),
    )
  }
  const grant = async (refreshToken: string, nonce?: string): Promise<Record<string, unknown>> => {
    const access_token = `at-${refreshToken}`
    issuer.accepted.add(access_token)
    return {
      access_token,
      token_type: 'Bearer',
      expires_in: 5,
      refresh_token: refreshToken,
      id_token: await idToken(nonce, access_token),
      ...issuer.fault.answer,
    }
  }

  const authorize = async (url: URL, response: ServerResponse): Promise<void> => {
    const asked = url.searchParams
    const back = new URL(asked.get('redirect_uri') ?? '')
    const answer = new URLSearchParams({ state: asked.get('state') ?? '' })
    if (asked.get('response_type') === 'code') {
      const code = `code-${codes.size}`
      codes.set(code, {
        nonce: asked.get('nonce') ?? '',
        challenge: asked.get('code_challenge'),
      })
      answer.set('code', code)
      back.search = answer.toString()
    } else {
      answer.set('access_token', 'at-implicit')
      answer.set('id_token', await idToken(asked.get('nonce') ?? '', 'at-implicit'))
      answer.set('token_type', 'Bearer')
      answer.set('expires_in', '5')
      back.hash = answer.toString()
    }
    response.writeHead(302, { location: back.href }).end()
  }

  const token = async (form: Record<string, string>, response: ServerResponse): Promise<void> => {
    await issuer.fault.slow
    const refuse = (): void => json(response, 400, { error: 'invalid_grant' })
    switch (issuer.fault.token) {
      case 'invalid_grant':
        return refuse()
      case 'unavailable':
        return json(response, 503, { error: 'temporarily_unavailable' })
      case 'html':
        return void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello')
      case 'cut':
        return void response.destroy()
      default:
    }
    if (form['grant_type'] === 'authorization_code') {
      const code = codes.get(form['code'] ?? '')
      codes.delete(form['code'] ?? '')
      if (!code || code.challenge !== (await challengeOf(form['code_verifier'] ?? ''))) {
        return refuse()
      }
      const first = `rt${++families}.1`
      live.add(first)
      return json(response, 200, await grant(first, code.nonce))
    }
    const presented = form['refresh_token'] ?? ''
    if (!live.delete(presented)) return refuse()
    const [family = '', generation] = presented.split('.')
    const next = `${family}.${Number(generation) + 1}`
    live.add(next)
    json(response, 200, await grant(next))
  }

  const live = new Set<string>()
  const server = createServer((request, response) => {
    void handle(request, response)
  })
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', issuer.url)
    const form = Object.fromEntries(new URLSearchParams(await read(request)))
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(response, 200, {
          issuer: issuer.url,
          authorization_endpoint: `${issuer.url}/authorize`,
          token_endpoint: `${issuer.url}/token`,
          jwks_uri: `${issuer.url}/keys`,
          revocation_endpoint: `${issuer.url}/revoke`,
          end_session_endpoint: `${issuer.url}/logout`,
        })
      case '/keys':
        return json(response, 200, { keys: [jwk] })
      case '/authorize':
        return authorize(url, response)
      case '/token':
        issuer.forms.push(form)
        return token(form, response)
      case '/revoke':
        issuer.revoked.push(form['token'] ?? '')
        live.delete(form['token'] ?? '')
        return json(response, 200, {})
      default: {
        const shown = request.headers.authorization
        issuer.shown.push(shown)
        const good = issuer.accepted.has((shown ?? '').replace('Bearer ', ''))
        return json(response, good ? 200 : 401, {})
      }
    }
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  issuer.discoveryUrl = `${issuer.url}/.well-known/openid-configuration`
  return issuer
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function read(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request) text += String(part)
  return text
}

async function sign(key: CryptoKey, claims: unknown): Promise<string> {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'ES256', kid: 'one' })}.${part(claims)}`
  const how = { name: 'ECDSA', hash: 'SHA-256' }
  const signature = await crypto.subtle.sign(how, key, new TextEncoder().encode(signed))
  return `${signed}.${Buffer.from(signature).toString('base64url')}`
}

async function challengeOf(verifier: string): Promise<string> {
  return Buffer.from(await digest(verifier)).toString('base64url')
}

async function atHash(accessToken: string): Promise<string> {
  return Buffer.from(await digest(accessToken))
    .subarray(0, 16)
    .toString('base64url')
}

function digest(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
}
