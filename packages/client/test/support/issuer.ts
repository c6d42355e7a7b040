// An issuer on the loopback interface, whose answers the test decides.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request that arrived. */
export interface Asked {
  path: string
  method: string
  headers: IncomingMessage['headers']
  body: string
}

type Answer = (asked: Asked, response: ServerResponse) => void | Promise<void>

export class Issuer {
  readonly asked: Asked[] = []
  /** What the token endpoint answers. */
  token: Answer = json(200, TOKENS)
  /** What every other path answers. */
  api: Answer = json(200, { fine: true })
  /** Members of the discovery document that replace the usual ones. */
  metadata: Record<string, unknown> = {}
  keys: JsonWebKey[] = []
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    server.on('request', (request, response) => void this.#answer(request, response))
  }

  static async start(): Promise<Issuer> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Issuer(server)
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** The requests that came to this path. */
  to(path: string): Asked[] {
    return this.asked.filter((asked) => asked.path === path)
  }

  async stop(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const part of request) body += String(part)
    const { url = '', method = '', headers } = request
    const asked: Asked = { path: url, method, headers, body }
    this.asked.push(asked)
    if (url === '/.well-known/openid-configuration') return void this.#describe(asked, response)
    if (url === '/jwks') return void json(200, { keys: this.keys })(asked, response)
    await (url === '/token' ? this.token : this.api)(asked, response)
  }

  #describe(asked: Asked, response: ServerResponse): void {
    const { url } = this
    const described = {
      issuer: url,
      authorization_endpoint: `${url}/authorize`,
      token_endpoint: `${url}/token`,
      jwks_uri: `${url}/jwks`,
      revocation_endpoint: `${url}/revoke`,
      ...this.metadata,
    }
    void json(200, described)(asked, response)
  }
}

/** An answer that is JSON. */
export function json(status: number, body: unknown, headers = {}): Answer {
  return text(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers })
}

/** An answer of any text. */
export function text(status: number, body: string, headers = {}): Answer {
  return (_, response) => void response.writeHead(status, headers).end(body)
}

/** Answers with a token that no answer before had. */
export function numbered(more: object = {}): Answer {
  let number = 0
  return (asked, response) => {
    number += 1
    const tokens = { ...TOKENS, access_token: `at-${number}`, refresh_token: `rt-${number}` }
    return json(200, { ...tokens, ...more })(asked, response)
  }
}

export const TOKENS = {
  access_token: 'at-new',
  token_type: 'Bearer',
  expires_in: 300,
  refresh_token: 'rt-new',
}
