/** Requests and sealing are modules of their own: a test puts its own in their place. */
import { expect, test, vi } from 'vitest'

import { AuthSessionManager, HttpClient, MemoryStorage, StorageManager } from '../src/index.js'

vi.mock('../src/http.js', () => ({
  get: vi.fn(async () => 'got'),
  post: vi.fn(async (url: string) =>
    url.endsWith('/v1/auth/session')
      ? { access_token: 'newer', refresh_token: 'next', session_data: 'sealed {"user":"ada"}' }
      : { message: 'sealed {"user":"ada"}' },
  ),
  put: vi.fn(),
  patch: vi.fn(),
  remove: vi.fn(),
}))
vi.mock('../src/seal.js', () => ({
  sealKey: async () => ({
    publicKey: '04',
    seal: async (text: string) => `sealed ${text}`,
    open: async (text: string) => text.slice('sealed '.length),
    sign: () => 'signed',
  }),
}))

test('every request and every sealing is that of the doubles', async () => {
  const { post } = await import('../src/http.js')
  const storage = new StorageManager({ sessionServerBaseUrl: '', sessionId: '0x1' })
  await storage.createSession({ user: 'ada' })
  const data = { data: 'sealed {"user":"ada"}', key: '04', signature: 'signed' }
  expect(post).toHaveBeenCalledWith('/v2/store/set', expect.objectContaining(data), { headers: {} })
  expect(await storage.authorizeSession()).toEqual({ user: 'ada' })
  const session = new AuthSessionManager({
    apiClientConfig: { baseURL: 'https://auth.example' },
    storage: {
      sessionId: new MemoryStorage(),
      accessToken: new MemoryStorage(),
      refreshToken: new MemoryStorage(),
      idToken: new MemoryStorage(),
    },
  })
  await session.setTokens({ sessionId: '0x1', accessToken: 'token', refreshToken: 'first' })
  expect(await session.authorize()).toEqual({ user: 'ada' })
  expect(await session.getAccessToken()).toBe('newer')
  expect(await new HttpClient(session).get('/', { authenticated: true })).toBe('got')
})
