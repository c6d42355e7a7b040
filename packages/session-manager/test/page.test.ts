/** What the original does wrong in a page: requests, storages and locks. */
import { afterEach, expect, test, vi } from 'vitest'

import { until } from '../../client/test/node/support.js'
import type { HttpClientRequestOptions } from '../src/index.js'
import { better, same } from './support/both.js'
import { FakeLocks, pageWithStorage } from './support/page.js'
import { Browser, closeAll } from './support/tabs.js'

afterEach(async () => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  await closeAll()
})

better('T10: another application’s lock holds up nobody', async (library) => {
  pageWithStorage()
  const locks = new FakeLocks()
  vi.stubGlobal('navigator', { locks })
  const browser = await Browser.open(library)
  const { session } = browser.tab({ storageKeyPrefix: 'mine' })
  await session.setTokens(browser.server.signIn('ada'))
  void locks.request('w3a:session-refresh', {}, () => new Promise(() => undefined))
  let isDone = false
  void session.ensureRefresh().then(() => (isDone = true))
  await until('an end', () => isDone || locks.waiting('w3a:session-refresh'))
  expect(locks.waiting('w3a:session-refresh')).toBe(false)
  expect(isDone).toBe(true)
})

for (const method of ['get', 'post', 'put', 'patch', 'delete'] as const) {
  better(`T12: ${method} is given up when its time is over`, async (library) => {
    let signal: AbortSignal | null | undefined
    let isAsked = false
    vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
      signal = init.signal
      isAsked = true
      return new Promise((_, reject) =>
        signal?.addEventListener('abort', () => reject(signal?.reason)),
      )
    })
    const { http } = (await Browser.open(library)).tab()
    const options: HttpClientRequestOptions = { timeout: 20 }
    const url = 'https://api.example/'
    const asked = method === 'get' ? http.get(url, options) : http[method](url, {}, options)
    const outcome = asked.catch((cause: unknown) => cause)
    await until('the request', () => isAsked)
    expect(signal).toBeInstanceOf(AbortSignal)
    expect(await outcome).toHaveProperty('name', 'TimeoutError')
    expect(signal?.aborted).toBe(true)
  })
}

better('T14: a stream that cannot be sent again is refused as the server did', async (library) => {
  const browser = await Browser.open(library)
  const { session, http } = browser.tab()
  await session.setTokens(browser.server.signIn('ada'))
  browser.server.expireAccessTokens()
  const network = globalThis.fetch
  // A browser asks for it by itself, or does without.
  vi.stubGlobal('fetch', (url: string, init: RequestInit) =>
    network(url, { ...init, duplex: 'half' } as RequestInit),
  )
  const post = () =>
    http
      .post(`${browser.server.url}/api`, new Blob(['data']).stream(), {
        authenticated: true,
        isUrlEncodedData: true,
      })
      .catch((cause: unknown) => cause)
  expect(await post()).toHaveProperty('status', 401)
  expect(await post()).toEqual({ user: 'ada' })
})

better('T15: the answer of a polyfill is one', async (library) => {
  const browser = await Browser.open(library)
  const { session, api } = browser.tab()
  await session.setTokens(browser.server.signIn('ada'))
  browser.server.expireAccessTokens()
  const network = globalThis.fetch
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const { status, ok, headers, statusText, ...rest } = await network(url, init).then(parts)
    return { status, ok, headers, statusText, url, ...rest }
  })
  expect(await api().catch((cause: unknown) => cause)).toEqual({ user: 'ada' })
})

/** An answer that is none of this program's `Response`. */
function parts(response: Response) {
  const { status, ok, headers, statusText } = response
  const text = () => response.text()
  const json = () => response.json() as Promise<unknown>
  return { status, ok, headers, statusText, text, json, body: response.body }
}

better('T16: a cookie that the browser drops is told', async ({ CookieStorage }) => {
  const document = { cookie: '' }
  vi.stubGlobal('document', document)
  vi.stubGlobal('location', { protocol: 'http:' })
  Object.defineProperty(document, 'cookie', { get: () => '', set: () => undefined })
  const said = async (wanted: Promise<void>) =>
    wanted.then(
      () => 'nothing',
      (cause: Error) => cause.message,
    )
  expect(await said(new CookieStorage().set('key', 'value'))).toContain('secure: false')
  expect(await said(new CookieStorage().set('key', 'ä'.repeat(1000)))).toContain('too long')
  const open = new CookieStorage({ secure: false })
  expect(await said(open.set('key', 'value'))).toContain('blocks cookies')
})

better('T16: a storage that is full is told', async (library) => {
  pageWithStorage().setItem = () => {
    throw new DOMException('full', 'QuotaExceededError')
  }
  const { session } = (await Browser.open(library)).tab({ storage: {} })
  const outcome = await session.setTokens({ accessToken: 'token' }).catch((cause: Error) => cause)
  expect(outcome ?? {}).toHaveProperty('message', expect.stringContaining('localStorage is full'))
})

better('T16: a rotated token that finds no room is kept until it does', async (library) => {
  const browser = await Browser.open(library)
  const { refreshToken } = browser.stores
  let isFull = false
  const storage = {
    ...browser.stores,
    refreshToken: {
      get: (key: string) => refreshToken.get(key),
      remove: (key: string) => refreshToken.remove(key),
      set: async (key: string, value: string) =>
        isFull ? undefined : refreshToken.set(key, value),
    },
  }
  const { session } = browser.tab({ storage })
  await session.setTokens(browser.server.signIn('ada'))
  isFull = true
  await session.ensureRefresh().catch(() => undefined)
  isFull = false
  let token: string | null = null
  await until('room, or another refresh', async () => {
    token = await session.handleUnauthorized('AT-ada-1').catch(() => null)
    return token ?? browser.server.times('/v1/auth/session') > 1
  })
  expect(String(token)).toMatch(/^AT-ada/)
  expect(browser.server.times('/v1/auth/session')).toBe(1)
  expect((await browser.kept())['refreshToken']).toBe('RT-ada-2')
})

same('cookies are written as they always were', async ({ CookieStorage }) => {
  const written: string[] = []
  let there = ''
  const document = {
    get cookie() {
      return there
    },
    set cookie(text: string) {
      written.push(text)
      there = `other=1; ${text.split(';')[0]}`
    },
  }
  vi.stubGlobal('document', document)
  const cookies = new CookieStorage()
  await cookies.set('w3a:refresh_token', 'a=b; ä')
  expect(await cookies.get('w3a:refresh_token')).toBe('a=b; ä')
  expect(await cookies.get('w3a')).toBeNull()
  await cookies.remove('w3a:refresh_token')
  const all = {
    path: '/app',
    domain: 'app.example',
    sameSite: 'Lax',
    secure: false,
    maxAge: 0,
  } as const
  await new CookieStorage(all).set('key', 'value')
  await new CookieStorage(all).remove('key')
  expect(written).toEqual([
    'w3a:refresh_token=a%3Db%3B%20%C3%A4; Path=/; SameSite=Strict; Secure; Max-Age=2592000',
    'w3a:refresh_token=; Path=/; Max-Age=0',
    'key=value; Path=/app; Domain=app.example; SameSite=Lax',
    'key=; Path=/app; Domain=app.example; Max-Age=0',
  ])
})

same('where there is no page, nothing is found and nothing breaks', async (library) => {
  const { session } = (await Browser.open(library)).tab({ storage: {} })
  expect(await session.getAccessToken()).toBeNull()
  expect(await session.getState()).toEqual({ isAuthenticated: false, sessionId: null })
  expect(await session.authorize()).toBeNull()
})

test('a page with locks refreshes once for two tabs', async () => {
  pageWithStorage()
  vi.stubGlobal('navigator', { locks: new FakeLocks() })
  const browser = await Browser.open(await import('../src/index.js'))
  const [here, there] = [browser.tab(), browser.tab()]
  await here.session.setTokens(browser.server.signIn('ada'))
  browser.server.expireAccessTokens()
  const users = await Promise.all([here.api(), there.api(), here.api(), there.api()])
  expect(users).toEqual(Array(4).fill({ user: 'ada' }))
  expect(browser.server.times('/v1/auth/session')).toBe(1)
})
