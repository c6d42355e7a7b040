import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An issuer on loopback that gives a new access token for whatever it is asked. */
export interface TestIssuer {
  readonly url: string
  /** The forms that the token endpoint got. */
  readonly asked: URLSearchParams[]
  /** What the token endpoint answers with, instead of tokens. */
  fails: number | null
  /** Whether nothing at all can be had of it. */
  down: boolean
  /** What an answer waits for. */
  gate: Promise<void> | null
  /** How many requests came. */
  requests: number
  /** The `error` of that answer. */
  error: string
  close(): Promise<void>
}

export async function startIssuer(): Promise<TestIssuer> {
  const asked: URLSearchParams[] = []
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    issuer.requests += 1
    await issuer.gate
    if (issuer.down) return answer(503, {})
    switch (request.url) {
      case '/.well-known/openid-configuration':
        return answer(200, {
          issuer: issuer.url,
          authorization_endpoint: `${issuer.url}/authorize`,
          token_endpoint: `${issuer.url}/token`,
          jwks_uri: `${issuer.url}/jwks`,
        })
      case '/token': {
        asked.push(new URLSearchParams(await textOf(request)))
        if (issuer.fails !== null) return answer(issuer.fails, { error: issuer.error })
        return answer(200, {
          access_token: `access ${asked.length}`,
          refresh_token: `refresh ${asked.length}`,
          token_type: 'Bearer',
          expires_in: 3600,
        })
      }
      default:
        return answer(404, {})
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const issuer: TestIssuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    fails: null,
    down: false,
    gate: null,
    requests: 0,
    error: 'temporarily_unavailable',
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
  return issuer
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
