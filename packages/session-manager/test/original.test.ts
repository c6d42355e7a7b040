/** The original package, as it is, against Tenure's server. */
import { afterEach, expect, test } from 'vitest'
import {
  AuthSessionManager,
  HttpClient,
  MemoryStorage,
  StorageManager,
} from '@toruslabs/session-manager'
import { Home, Server, tidy, until, withProgram } from '../../client/test/node/support.js'
import { sealKey } from '../src/seal/index.js'

interface Data {
  user: string
  keys?: string[]
}

afterEach(tidy)

const PAGE = { Origin: 'https://app.example' }
const OTHER = { Origin: 'https://other.example' }

withProgram('the original against tenure dev', () => {
  async function manager(more: object = {}) {
    const { url } = await Server.start(900)
    const sessionId = StorageManager.generateRandomSessionKey()
    const options = { sessionServerBaseUrl: url, sessionId, ...more }
    const open = (others: object = {}) => new StorageManager<Data>({ ...options, ...others })
    return { url, sessionId, open }
  }

  test('creates, authorizes, updates and invalidates', async () => {
    const { open, sessionId } = await manager({ sessionNamespace: 'wallet' })
    const storage = open()
    expect(await storage.createSession({ user: 'ada' })).toBe(sessionId)
    expect(await open().authorizeSession()).toEqual({ user: 'ada' })
    await storage.updateSession({ keys: ['ä€😀'] })
    expect(await open().authorizeSession()).toEqual({ keys: ['ä€😀'] })
    // Another namespace and another key are other entries.
    const elsewhere = open({ sessionNamespace: 'other' }).authorizeSession()
    await expect(elsewhere).rejects.toThrow('Session Expired')
    const other = open({ sessionId: StorageManager.generateRandomSessionKey() })
    await expect(other.authorizeSession()).rejects.toThrow('Session Expired')
    expect(await storage.invalidateSession()).toBe(true)
    await until('its end', () =>
      open()
        .authorizeSession()
        .then(
          () => false,
          (error: Error) => error.message.includes('Session Expired'),
        ),
    )
    // The key can be used again.
    await open().createSession({ user: 'ada again' })
    expect(await open().authorizeSession()).toEqual({ user: 'ada again' })
  })

  test('keeps an entry as long as it was asked to', async () => {
    const { open } = await manager({ sessionTime: 1 })
    await open().createSession({ user: 'ada' })
    await until('its end', () =>
      open()
        .authorizeSession()
        .then(
          () => false,
          () => true,
        ),
    )
    // What ended is not updated into life.
    await expect(open().updateSession({ user: 'eve' })).rejects.toHaveProperty('status', 404)
  })

  test.each([
    ['of one page', PAGE.Origin, {}, PAGE, [OTHER, {}]],
    ['of its own page', true, PAGE, PAGE, [OTHER, {}]],
    ['of a program', true, {}, {}, [PAGE]],
  ])('an entry %s is read by no other', async (_, allowedOrigin, from, reader, others) => {
    const { open } = await manager({ allowedOrigin })
    await open().createSession({ user: 'ada' }, from)
    expect(await open().authorizeSession({ headers: reader })).toEqual({ user: 'ada' })
    for (const headers of others) {
      await expect(open().authorizeSession({ headers })).rejects.toThrow('Session Expired')
    }
  })

  test('what it keeps opens here', async () => {
    const { url, open, sessionId } = await manager()
    await open().createSession({ user: 'ada' })
    const key = await sealKey(sessionId)
    const body = JSON.stringify({ key: key.publicKey })
    const answer = await fetch(`${url}/v2/store/get`, { method: 'POST', body })
    const { message } = (await answer.json()) as { message: string }
    expect(JSON.parse(await key.open(message))).toEqual({ user: 'ada' })
  })
})

withProgram('the token sessions of the original against tenure dev', () => {
  /** A person signs in, and their page begins a session with data that only it opens. */
  async function signedIn() {
    const server = await Server.start(900)
    const home = await Home.make()
    await home.login(server)
    const { stdout } = await home.run('token').end()
    const sessionId = StorageManager.generateRandomSessionKey()
    const session_data = await (await sealKey(sessionId)).seal('{"user":"ada"}')
    const answer = await fetch(`${server.url}/v1/auth/sessions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stdout.trim()}` },
      body: JSON.stringify({ session_data }),
    })
    const tokens = (await answer.json()) as { access_token: string; refresh_token: string }
    const memory = () => new MemoryStorage()
    const storage = { sessionId: memory(), accessToken: memory(), refreshToken: memory() }
    const open = () =>
      new AuthSessionManager<Data>({
        apiClientConfig: { baseURL: server.url },
        storage: { ...storage, idToken: memory() },
      })
    const session = open()
    const { access_token: accessToken, refresh_token: refreshToken } = tokens
    await session.setTokens({ sessionId, accessToken, refreshToken })
    return { server, session, open, tokens }
  }

  test('authorizes, refreshes for a request, and signs out', async () => {
    const { server, session, open, tokens } = await signedIn()
    expect(await session.authorize()).toEqual({ user: 'ada' })
    expect(await session.getRefreshToken()).not.toBe(tokens.refresh_token)
    expect(await server.refreshes('rotated')).toBe(1)
    // Another page, by what is stored.
    expect(await open().authorize()).toEqual({ user: 'ada' })
    // A token that is not taken is renewed once, and the request goes through.
    await session.setAccessToken('none')
    const http = new HttpClient(session)
    const person = await http.get<{ sub: string }>(`${server.url}/userinfo`, {
      authenticated: true,
    })
    expect(person.sub).toBeTruthy()
    const last = await session.getRefreshToken()
    await session.logout()
    expect(await session.getSessionId()).toBeNull()
    const body = JSON.stringify({ refresh_token: last })
    const after = await fetch(`${server.url}/v1/auth/session`, { method: 'POST', body })
    expect(after.status).toBe(400)
  })
})
