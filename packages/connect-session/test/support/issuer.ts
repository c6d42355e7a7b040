import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it was recorded. */
export interface Entry {
  method: string
  url: string
  ct?: string
  accept?: string
  authorization?: string
  body: string
}

type Answer = (response: ServerResponse) => unknown

/** An issuer on loopback. */
export class Issuer {
  readonly log: Entry[] = []
  /** Claims of the next ID tokens that are not as usual. */
  claims: Record<string, unknown> = {}
  /** Seconds that an access token lives. */
  life = 3600
  /** What the token endpoint answers instead of tokens. */
  instead: Answer | null = null
  keysDown = false
  /** Whether ID tokens come along. */
  idTokens = true
  #granted = 0
  readonly #server = createServer((request, response) => void this.#answer(request, response))

  static async start(): Promise<Issuer> {
    const issuer = new Issuer()
    await new Promise<void>((listening) => issuer.#server.listen(0, '127.0.0.1', listening))
    return issuer
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** What was asked since the last time. */
  taken(): Entry[] {
    return this.log.splice(0)
  }

  /** How often the token endpoint was asked since the last time. */
  asked(): number {
    return this.taken().filter(({ url }) => url.startsWith('/token')).length
  }

  /** From now on, answers of the token endpoint wait for the function that it gives. */
  hold(): () => void {
    let open = (): void => undefined
    this.#held = new Promise((resolve) => (open = resolve))
    return () => {
      this.#held = undefined
      open()
    }
  }
  #held: Promise<void> | undefined

  stop(): Promise<void> {
    return new Promise((closed) => {
      this.#server.close(() => closed())
      this.#server.closeAllConnections()
    })
  }

  idToken(more: Record<string, unknown> = {}): string {
    const now = Math.floor(Date.now() / 1000)
    const times = { iat: now, auth_time: now, exp: now + 3600 }
    const whom = { iss: this.url, aud: 'client-1', sub: 'ada', token_use: 'id' }
    return signed({ ...whom, ...times, ...ADA, ...this.claims, ...more })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.log.push(await entryOf(request))
    if (request.url?.startsWith('/token')) {
      await this.#held
      if (this.instead) this.instead(response)
      else json(response, 200, this.#tokens())
    } else if (request.url === '/.well-known/jwks.json') {
      if (this.keysDown) json(response, 503, {})
      else json(response, 200, { keys: [{ ...JWK, kid: 'one', use: 'sig', alg: 'RS256' }] })
    } else {
      json(response, 404, {})
    }
  }

  #tokens(): Record<string, unknown> {
    const now = Math.floor(Date.now() / 1000)
    return {
      access_token: signed({ iat: now, exp: now + this.life, jti: randomUUID() }),
      refresh_token: `refresh-${++this.#granted}`,
      expires_in: this.life,
      token_type: 'Bearer',
      ...(this.idTokens && { id_token: this.idToken() }),
    }
  }
}

export const json = (response: ServerResponse, status: number, body: object): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

/** The answer to a refresh token or code that is not good any more. */
export const refused: Answer = (response) => json(response, 400, { error: 'invalid_grant' })

export function signed(claims: object, header: object = { alg: 'RS256', kid: 'one' }): string {
  const part = (of: object): string => Buffer.from(JSON.stringify(of)).toString('base64url')
  const head = `${part(header)}.${part(claims)}`
  return `${head}.${createSign('RSA-SHA256').update(head).sign(privateKey, 'base64url')}`
}

async function entryOf(request: IncomingMessage): Promise<Entry> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  const { method = '', url = '', headers } = request
  const { 'content-type': ct, accept, authorization } = headers
  return {
    method,
    url,
    body,
    ...(ct && { ct }),
    ...(accept && { accept }),
    ...(authorization && { authorization }),
  }
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const JWK = publicKey.export({ format: 'jwk' })

/** The claims that the recorded identity was made of. */
export const ADA = {
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  'custom:reapit:agencyCloudId': 'AC',
  'custom:reapit:developerId': 'DEV',
  'custom:reapit:clientCode': 'CLI',
  'custom:reapit:marketAdmin': 'ADM',
  'custom:reapit:userCode': 'UC',
  'cognito:groups': ['G1', 'G2'],
  'custom:reapit:orgName': 'ON',
  'custom:reapit:orgId': 'OI',
  'custom:reapit:offGroupIds': 'O1,O2',
  'custom:reapit:offGrouping': 'true',
  'custom:reapit:offGroupName': 'OGN',
  'custom:reapit:officeId': 'OFF',
  'custom:reapit:orgProduct': 'OP',
}
