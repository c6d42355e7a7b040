// A stand-in for a server of token sessions. It knows as much of `/v1/auth/session` and
// `/v1/auth/logout` as these tests need: each refresh token is good once, and a logout ends all
// that came of one sign-in. Whatever has the members of `TokenServer` can take its place.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { AuthTokens } from '../../src/index.js'
import { generateSecret, sealKey } from '../../src/seal.js'

/** The paths of the server, the last two those of an API. */
export type Path = '/v1/auth/session' | '/v1/auth/logout' | '/api' | '/slow'

interface Family {
  user: string
  sessionId: `0x${string}`
  accessToken: string
  refreshToken: string
}

interface Asked {
  path: string
  accessToken: string
  refreshToken: string | undefined
}

export class TokenServer {
  url = ''
  /** The requests, oldest first. */
  readonly asked: Asked[] = []
  /** What it answers with instead, for each path. */
  readonly broken = new Map<Path, number | 'network'>()
  private readonly families: Family[] = []
  private readonly held = new Map<string, Promise<void>>()
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch(() => response.destroy())
  })
  private count = 0

  static async start(): Promise<TokenServer> {
    const started = new TokenServer()
    started.server.listen(0, '127.0.0.1')
    await once(started.server, 'listening')
    const { port } = started.server.address() as AddressInfo
    started.url = `http://127.0.0.1:${port}`
    return started
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    this.server.close()
    await once(this.server, 'close')
  }

  /** How often a path was asked. */
  times(path: Path): number {
    return this.asked.filter((one) => one.path === path).length
  }

  /** The tokens of a new sign-in. */
  signIn(user: string): Required<AuthTokens> {
    const sessionId = `0x${generateSecret()}` as const
    const family = { user, sessionId, ...this.tokensOf(user) }
    this.families.push(family)
    const idToken = `e30.${btoa(JSON.stringify({ sub: user }))}.e30`
    return {
      idToken,
      sessionId,
      accessToken: family.accessToken,
      refreshToken: family.refreshToken,
    }
  }

  /** From now on no access token is good that was given out before. */
  expireAccessTokens(): void {
    for (const family of this.families) family.accessToken = 'over'
  }

  isOver({ sessionId }: AuthTokens): boolean {
    return !this.families.some((one) => one.sessionId === sessionId)
  }

  /** Does what it is asked on a path, but keeps its answers back until the function is called. */
  hold(path: Path): () => void {
    let release = (): void => undefined
    this.held.set(path, new Promise((resolve) => (release = resolve)))
    return () => {
      this.held.delete(path)
      release()
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url as Path
    const text = Buffer.concat(await request.toArray()).toString()
    const accessToken = (request.headers.authorization ?? '').replace('Bearer ', '')
    const refreshToken = /^\{"refresh_token":"(.*)"\}$/.exec(text)?.[1]
    this.asked.push({ path, accessToken, refreshToken })
    const broken = this.broken.get(path)
    const [status, body] =
      typeof broken === 'number' ? [broken, {}] : await this.do(path, accessToken, refreshToken)
    await this.held.get(path)
    if (broken === 'network') return void response.destroy()
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }

  private async do(path: Path, access: string, refresh?: string): Promise<[number, object]> {
    if (this.broken.has(path)) return [0, {}]
    const family = this.families.find((one) =>
      refresh === undefined ? one.accessToken === access : one.refreshToken === refresh,
    )
    if (path === '/v1/auth/logout') {
      if (family) this.families.splice(this.families.indexOf(family), 1)
      return [200, {}]
    }
    if (!family) return [401, { error: 'unauthorized' }]
    if (path !== '/v1/auth/session') return [200, { user: family.user }]
    Object.assign(family, this.tokensOf(family.user))
    const key = await sealKey(family.sessionId)
    const session_data = await key.seal(JSON.stringify({ user: family.user }))
    const { accessToken, refreshToken } = family
    return [200, { access_token: accessToken, refresh_token: refreshToken, session_data }]
  }

  private tokensOf(user: string): Pick<Family, 'accessToken' | 'refreshToken'> {
    this.count += 1
    return { accessToken: `AT-${user}-${this.count}`, refreshToken: `RT-${user}-${this.count}` }
  }
}
