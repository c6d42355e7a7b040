/** Sealed sessions against Tenure's server, ours beside the original. */
import * as Original from '@toruslabs/session-manager'
import { afterEach, describe, expect, test, vi } from 'vitest'

import { Server, tidy, until, withProgram } from '../../client/test/node/support.js'
import {
  BaseStorageManager,
  LocalStorageHandler,
  SESSION_SERVER_API_URL,
  StorageManager,
  padHexString,
} from '../src/index.js'
import { better, same, type Library } from './support/both.js'
import { pageWithStorage } from './support/page.js'

afterEach(async () => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  await tidy()
})

interface Data {
  user: string
}

const ID = '0x00000000000000000000000000000000000000000000000000000000000abcde'
const FULL = { sessionTime: 60, sessionNamespace: 'wallet' }

async function managers(more: object = {}) {
  const { url } = await Server.start(900)
  const sessionId = StorageManager.generateRandomSessionKey()
  const options = { sessionServerBaseUrl: url, sessionId, ...more }
  const open = (library: Library | typeof Original, others: object = {}) =>
    new (library as Library).StorageManager<Data>({ ...options, ...others })
  return { url, sessionId, open }
}

withProgram('with tenure dev', () => {
  test('creates, authorizes, updates and invalidates, and the original reads along', async () => {
    const { open, sessionId } = await managers(FULL)
    const ours = open({ StorageManager } as Library)
    const theirs = () => open(Original)
    expect(await ours.createSession({ user: 'ada' })).toBe(sessionId)
    expect(await theirs().authorizeSession()).toEqual({ user: 'ada' })
    await theirs().updateSession({ user: 'ä€😀' })
    expect(await ours.authorizeSession()).toEqual({ user: 'ä€😀' })
    expect(await ours.invalidateSession()).toBe(true)
    expect(ours.sessionId).toBeUndefined()
    await until('its end', () =>
      theirs()
        .authorizeSession()
        .then(
          ({ user }) => expect(user).toBeUndefined(),
          (cause: Error) => cause.message.includes('Session Expired'),
        ),
    )
  })

  same('a session that was never created is over', async (library) => {
    const { open } = await managers()
    await expect(open(library).authorizeSession()).rejects.toThrow('Session Expired')
    await expect(open(library).updateSession({ user: 'eve' })).rejects.toHaveProperty('status', 404)
  })

  same('an entry of one page is read by no other', async (library) => {
    const { open } = await managers({ allowedOrigin: 'https://app.example' })
    await open(library).createSession({ user: 'ada' })
    const from = (Origin: string) => open(library).authorizeSession({ headers: { Origin } })
    expect(await from('https://app.example')).toEqual({ user: 'ada' })
    await expect(from('https://other.example')).rejects.toThrow('Session Expired')
  })

  better(
    'T13: a local copy ends when the server says that the session is over',
    async (library) => {
      pageWithStorage()
      const { open } = await managers({ useLocalStorage: true })
      const storage = open(library)
      await storage.createSession({ user: 'ada' })
      expect(await storage.authorizeSession()).toEqual({ user: 'ada' })
      await open(library, { useLocalStorage: false }).invalidateSession()
      await until('its end', () =>
        open(library, { useLocalStorage: false })
          .authorizeSession()
          .then(
            () => false,
            () => true,
          ),
      )
      await expect(storage.authorizeSession()).rejects.toThrow('Session Expired')
    },
  )

  better('T13: a local copy lives no longer than its session', async (library) => {
    pageWithStorage()
    const { open } = await managers({ useLocalStorage: 'first', sessionTime: 60 })
    await open(library).createSession({ user: 'ada' })
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')))
    expect(await open(library).authorizeSession()).toEqual({ user: 'ada' })
    const now = Date.now()
    vi.spyOn(Date, 'now').mockReturnValue(now + 61_000)
    await expect(open(library).authorizeSession()).rejects.toThrow()
  })

  better('T13: a local copy cannot be read without the session id', async (library) => {
    const page = pageWithStorage()
    const { open } = await managers({ useLocalStorage: true })
    await open(library).createSession({ user: 'ada lovelace' })
    const key = open(library).localStorageHandlerStorageKey ?? ''
    const kept = page.getItem(key)
    if (kept === null) throw new Error('nothing was kept')
    expect(kept).not.toContain('lovelace')
  })

  test('the clear copy of the original is read, sealed and gone', async () => {
    const page = pageWithStorage()
    const { open } = await managers({ useLocalStorage: true })
    const theirs = open(Original)
    await theirs.createSession({ user: 'ada lovelace' })
    const key = theirs.localStorageHandlerStorageKey ?? ''
    expect(page.getItem(key)).toContain('lovelace')
    // Without the network it is all that there is.
    const network = globalThis.fetch
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')))
    const ours = open({ StorageManager } as Library)
    expect(ours.localStorageHandlerStorageKey).toBe(key)
    for (const _ of [1, 2]) expect(await ours.authorizeSession()).toEqual({ user: 'ada lovelace' })
    expect(page.getItem(key)).not.toContain('lovelace')
    // The original takes ours for damaged and asks the server.
    vi.stubGlobal('fetch', network)
    expect(await theirs.authorizeSession()).toEqual({ user: 'ada lovelace' })
  })

  test('what was cleared meanwhile is not copied again', async () => {
    const page = pageWithStorage()
    const { open } = await managers({ useLocalStorage: true })
    const storage = open({ StorageManager } as Library)
    const creating = storage.createSession({ user: 'ada' })
    storage.clearStorage()
    await creating
    expect(page.getItem(storage.localStorageHandlerStorageKey ?? '')).toBeNull()
  })
})

describe('without a server', () => {
  same('sends what the service expects', async (library) => {
    const sent: [string, RequestInit][] = []
    vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
      sent.push([url, init])
      return new Response('{}', { headers: { 'content-type': 'application/json' } })
    })
    const storage = new library.StorageManager<Data>({
      ...FULL,
      sessionServerBaseUrl: 'https://id.example',
      sessionId: ID,
    })
    await storage.createSession({ user: 'ada' }, { 'X-More': '1' })
    await storage.updateSession({ user: 'ada' })
    await storage.authorizeSession().catch(() => undefined)
    await storage.invalidateSession()
    const told = sent.map(([url, { method, body }]) => {
      const members = JSON.parse(String(body)) as Record<string, unknown>
      return [method, new URL(url).pathname, Object.keys(members).join(' '), members['timeout']]
    })
    expect(told).toEqual([
      ['POST', '/v2/store/set', 'key data signature namespace allowedOrigin timeout', 60],
      ['PUT', '/v2/store/update', 'key data signature namespace allowedOrigin', undefined],
      ['POST', '/v2/store/get', 'key namespace', undefined],
      ['POST', '/v2/store/set', 'key data signature namespace timeout', 1],
    ])
    const [[, first] = []] = sent
    const headers = new Headers(first?.headers)
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(headers.get('x-more')).toBe('1')
  })

  same('names entries and copies by the session id', async (library) => {
    pageWithStorage()
    const open = (more: object) =>
      new library.StorageManager({ sessionServerBaseUrl: 'https://id.example', ...more })
    const storage = open({ sessionId: '0xABCDE', useLocalStorage: true })
    expect(storage.sessionId.toLowerCase()).toBe(ID)
    const reference = new Original.StorageManager({
      sessionServerBaseUrl: '',
      sessionId: ID as Original.AuthTokens['sessionId'] & `0x${string}`,
    })
    expect(storage.serverHandlerStorageKey).toBe(reference.serverHandlerStorageKey)
    const key = storage.localStorageHandlerStorageKey?.toLowerCase()
    expect(key).toBe(`w3a_session_manager_default:${ID.slice(2)}`)
    expect(open({ sessionId: ID }).localStorageHandlerStorageKey).toBeUndefined()
    expect(() => open({ sessionId: 'none' })).toThrow('Session id must be a hex string')
    expect(() => open({}).checkSessionParams()).toThrow('Session id is required')
    expect(library.StorageManager.generateRandomSessionKey()).toMatch(/^0x[0-9a-f]{64}$/)
    expect(library.padHexString(`0x${'1'.repeat(70)}`)).toBe('1'.repeat(64))
    expect(library.padHexString('a')).toBe(padHexString('0xa'))
  })

  better(
    'T18: a session id that is too long is refused, not cut off',
    async ({ StorageManager }) => {
      const storage = new StorageManager({ sessionServerBaseUrl: 'https://id.example' })
      expect(() => storage.setSessionId(`0x${'1'.repeat(65)}`)).toThrow('at most 64 digits')
    },
  )

  better('the server has a default', async ({ StorageManager }) => {
    expect(new StorageManager({}).sessionServerBaseUrl).toBe(SESSION_SERVER_API_URL)
  })

  test('a server that is out of order leaves the copy, and a refusal removes it', async () => {
    const page = pageWithStorage()
    let status = 200
    vi.stubGlobal('fetch', async () => new Response('{}', { status }))
    const storage = new StorageManager<Data>({ sessionId: ID, useLocalStorage: true })
    await storage.createSession({ user: 'ada' })
    for (status of [500, 503, 429])
      expect(await storage.authorizeSession()).toEqual({ user: 'ada' })
    status = 403
    await expect(storage.authorizeSession()).rejects.toHaveProperty('status', 403)
    expect(page.length).toBe(0)
  })

  test('a storage that is full breaks nothing', async () => {
    const page = pageWithStorage()
    vi.stubGlobal('fetch', async () => new Response('{}'))
    page.setItem = (key) => {
      if (!key.endsWith('probe')) throw new DOMException('full', 'QuotaExceededError')
    }
    const storage = new StorageManager<Data>({ sessionId: ID, useLocalStorage: true })
    expect(await storage.createSession({ user: 'ada' })).toBe(ID)
  })

  test('a copy of another session, or a changed one, is none', async () => {
    const page = pageWithStorage()
    const handler = new LocalStorageHandler<Data>(page, 'base:')
    const other = StorageManager.generateRandomSessionKey()
    await handler.storeData(ID, { user: 'ada' })
    const kept = page.getItem(handler.getStorageKey(ID)) ?? ''
    for (const text of [kept.replace(/.{3}$/, '0"}'), 'tenure1 {}', '{']) {
      page.setItem(handler.getStorageKey(ID), text)
      expect(await handler.retrieveData(ID)).toBeUndefined()
      expect(page.getItem(handler.getStorageKey(ID))).toBeNull()
    }
    page.setItem(handler.getStorageKey(other), kept)
    expect(await handler.retrieveData(other)).toBeUndefined()
    page.setItem('base:1', 'x')
    page.setItem('bas:1', 'x')
    handler.clearOrphanedData()
    expect(page.length).toBe(1)
  })

  test('a manager of one’s own is built on the base', async () => {
    const asked: unknown[] = []
    vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
      asked.push([init.method, url, init.body])
      return new Response('ok')
    })
    class Own extends BaseStorageManager<Data> {
      setSessionId = (): void => undefined
      createSession = async (): Promise<string> => this.request({ url: 'https://id.example/1' })
      authorizeSession = async (): Promise<Data> => this.request({ url: '', method: 'TRACE' })
      updateSession = async (data: Partial<Data>): Promise<void> =>
        this.request({ url: 'https://id.example/2', method: 'PATCH', data })
      invalidateSession = async (): Promise<boolean> => true
    }
    expect(await new Own().createSession()).toBe('ok')
    await new Own().updateSession({ user: 'ada' })
    expect(asked).toEqual([
      ['GET', 'https://id.example/1', undefined],
      ['PATCH', 'https://id.example/2', '{"user":"ada"}'],
    ])
    await expect(new Own().authorizeSession()).rejects.toThrow('Invalid method type')
  })
})
