/** The README's code is run as it stands there. */
import { readFileSync } from 'node:fs'

import { transform } from 'esbuild'
import { afterEach, expect, test, vi } from 'vitest'

import { Server, tidy, withProgram } from '../../client/test/node/support.js'
import * as Ours from '../src/index.js'
import { TokenServer } from './support/token_server.js'

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const BLOCKS = [...README.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)

afterEach(async () => {
  vi.unstubAllGlobals()
  await tidy()
})

/** Runs a block; gives the names that it declares. */
async function run(code: string, scope: Record<string, unknown> = {}) {
  const { code: plain } = await transform(code, { loader: 'ts' })
  const names = [...plain.matchAll(/^(?:const|class) (\w+)/gm)].map(([, name]) => name)
  const body = plain.replace(/^import (\{[^}]*\}) from [^\n]*$/gm, 'const $1 = ours')
  const all = { ours: Ours, ...scope }
  const Async = (async () => undefined).constructor as FunctionConstructor
  const made = new Async(...Object.keys(all), `${body}\nreturn { ${names.join(', ')} }`)
  return (await made(...Object.values(all))) as Record<string, unknown>
}

const block = (part: string): string => {
  const found = BLOCKS.filter((code) => code.includes(part))
  if (found.length !== 1) throw new Error(`${found.length} blocks have ${part}`)
  return String(found[0])
}

/** Sends requests to `from` on to `to`. */
function redirect(places: Record<string, string>): void {
  const network = globalThis.fetch
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    const from = Object.keys(places).find((it) => url.startsWith(it)) ?? ''
    return network(url.replace(from, places[from] ?? ''), init)
  })
}

withProgram('with tenure dev', () => {
  test('sealed sessions', async () => {
    const { url } = await Server.start(900)
    redirect({ [Ours.SESSION_SERVER_API_URL]: url })
    const { sessionData } = await run(block('generateRandomSessionKey'))
    expect(sessionData).toEqual({ userId: '123' })
  })
})

test('token sessions and requests', async () => {
  const server = await TokenServer.start()
  try {
    redirect({
      'https://auth.example.com': server.url,
      'https://api.example.com': `${server.url}/api?`,
    })
    vi.stubGlobal('console', { log: vi.fn() })
    const tokens = server.signIn('ada')
    const storage = Object.fromEntries(
      Object.keys(tokens).map((name) => [name, new Ours.MemoryStorage()]),
    )
    const Manager = class extends Ours.AuthSessionManager {
      constructor(options: Ours.AuthSessionManagerOptions) {
        super({ storage, ...options })
      }
    }
    const ours = { ...Ours, AuthSessionManager: Manager }
    const { session } = await run(block('override default endpoints'), { ours })
    const byName: Record<string, string | undefined> = {
      session_id: tokens.sessionId,
      access_token: tokens.accessToken,
      refresh_token: tokens.refreshToken,
      id_token: tokens.idToken,
    }
    const keeps = block('session_id:').replace(/(\w+): '\.\.\.'/g, (_, name: string) => {
      return `${name}: '${byName[name]}'`
    })
    await run(keeps, { session })
    const { sessionData } = await run(block('Session restored'), { session })
    expect(sessionData).toEqual({ user: 'ada' })
    expect(console.log).toHaveBeenCalledWith(true)
    server.expireAccessTokens()
    const scope = { session, HttpClient: Ours.HttpClient, data: { name: 'Ada' } }
    const asked = run(
      block('http.get<User[]>').replace(/\n\/\/ Without a token\n.*?\n\n/s, '\n'),
      scope,
    )
    expect(await asked).toMatchObject({ users: { user: 'ada' }, newUser: { user: 'ada' } })
    expect(server.times('/v1/auth/session')).toBe(2)
    const read = await run(block('getIdToken'), { session })
    expect(read).toMatchObject({ idToken: tokens.idToken, sessionId: tokens.sessionId })
    expect(server.isOver(tokens)).toBe(true)
  } finally {
    await server.stop()
  }
})

test('storages and providers', async () => {
  vi.stubGlobal('sessionStorage', { getItem: (key: string) => `${key} of the tab` })
  const { session } = (await run(block('falls back to localStorage'))) as Record<
    string,
    Ours.AuthSessionManager
  >
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')))
  expect(await session?.getAccessToken()).toBe('myapp:access_token of the tab')
  const parentSdk = { getAccessToken: async () => 'of the parent' }
  const provided = await run(block('parentSdk'), {
    AuthSessionManager: Ours.AuthSessionManager,
    parentSdk,
  })
  expect(await (provided['session'] as Ours.AuthSessionManager).getAccessToken()).toBe(
    'of the parent',
  )
  const { IndexedDBStorage } = await run(block('class IndexedDBStorage'))
  expect(IndexedDBStorage).toBeTypeOf('function')
})

test('no block is left out', () => {
  expect(BLOCKS).toHaveLength(9)
})
