import { BaseStorageManager } from './base.js'
import { LocalStorageHandler, ServerHandler } from './handlers/index.js'
import { SESSION_SERVER_API_URL, type StorageManagerOptions } from './interfaces.js'
import { saysNo } from './sealed.js'
import { randomSecret } from './seal/random.js'
import { sessionIdOf, STORAGE_METHOD, storageAvailable, type Hex } from './util.js'

type Headers = RequestInit['headers']

/**
 * Data of one session at a session service, sealed with the session's id before they leave.
 *
 * ```ts
 * const storage = new StorageManager<{ user: string }>({
 *   sessionServerBaseUrl: 'https://id.example',
 *   sessionId: StorageManager.generateRandomSessionKey(),
 * })
 * await storage.createSession({ user: 'ada' })
 * const { user } = await storage.authorizeSession()
 * ```
 */
export class StorageManager<T> extends BaseStorageManager<T> {
  sessionServerBaseUrl: string
  sessionNamespace: string = undefined as unknown as string
  allowedOrigin: string | boolean
  /** Seconds. */
  sessionTime = DAY
  private readonly serverHandler: ServerHandler<T>
  private readonly useLocalStorage: boolean
  private readonly asksLocalFirst: boolean
  private localStorageHandler?: LocalStorageHandler<T>
  /** Rises when copies are cleared: what was asked for before is not copied any more. */
  private cleared = 0

  constructor(options: StorageManagerOptions = {}) {
    super()
    const { sessionServerBaseUrl, sessionNamespace, sessionTime, sessionId } = options
    this.sessionServerBaseUrl = sessionServerBaseUrl ?? SESSION_SERVER_API_URL
    if (sessionNamespace) this.sessionNamespace = sessionNamespace
    if (sessionTime) this.sessionTime = sessionTime
    if (sessionId) this.setSessionId(sessionId)
    this.allowedOrigin = options.allowedOrigin || '*'
    this.useLocalStorage = Boolean(options.useLocalStorage)
    this.asksLocalFirst = options.useLocalStorage === 'first'
    this.serverHandler = new ServerHandler(this.sessionServerBaseUrl, (params) =>
      super.request(params),
    )
  }

  /** Where the local copy lies; `undefined` where none is kept. */
  get localStorageHandlerStorageKey(): string | undefined {
    return this.getLocalStorageHandler()?.getStorageKey(this.sessionId)
  }

  /** The name of the entry at the service. */
  get serverHandlerStorageKey(): string {
    return this.serverHandler.getStorageKey(this.sessionId)
  }

  /** A new session id. Whoever has it can read the session. */
  static generateRandomSessionKey(): Hex {
    return `0x${randomSecret()}`
  }

  /** Takes 1 to 64 hexadecimal digits, after `0x` or without it. */
  setSessionId(sessionId: Hex): void {
    this._sessionId = sessionIdOf(sessionId)
  }

  /** Writes the entry, and gives the session's id. */
  async createSession(data: T, headers: Headers = {}): Promise<string> {
    const { id, copy } = this.begin()
    const { sessionNamespace: namespace, sessionTime: timeout, allowedOrigin } = this
    const options = { namespace, timeout, allowedOrigin, headers }
    await this.serverHandler.storeData(id, data, { ...options, operation: 'create' })
    await copy((handler) => handler.storeData(id, data, { timeout }))
    return id
  }

  /** The data of the session. Where the server cannot be reached, those of the local copy. */
  async authorizeSession({ headers }: { headers: Headers } = { headers: {} }): Promise<T> {
    const { id, copy } = this.begin()
    if (this.asksLocalFirst) {
      const local = await copy((handler) => handler.retrieveData(id))
      if (local !== undefined) return local
    }
    try {
      const data = await this.fromServer(id, headers)
      await copy(async (handler) => {
        // What it says of its end is kept: how long the entry lives, the server does not tell.
        await handler.storeData(id, data, { timeout: this.sessionTime, operation: 'update' })
      })
      return data
    } catch (cause) {
      if (saysNo(cause)) {
        await copy(async (handler) => handler.clearStorage(id))
        throw cause
      }
      const local = await copy((handler) => handler.retrieveData(id))
      if (local === undefined) throw cause
      return local
    }
  }

  /** Puts these data in the place of those that are there. The entry's end stays. */
  async updateSession(data: Partial<T>, headers: Headers = {}): Promise<void> {
    const { id, copy } = this.begin()
    const { sessionNamespace: namespace, allowedOrigin, sessionTime: timeout } = this
    const operation = 'update'
    await this.serverHandler.storeData(id, data, { operation, namespace, allowedOrigin, headers })
    await copy((handler) => handler.storeData(id, data, { operation, timeout }))
  }

  /** Ends the session, here and at the service. */
  async invalidateSession(headers: Headers = {}): Promise<boolean> {
    const { id } = this.begin()
    const { sessionNamespace: namespace } = this
    await this.serverHandler.storeData(id, {}, { operation: 'invalidate', namespace, headers })
    this.cleared += 1
    this.getLocalStorageHandler()?.clearStorage(id)
    if (this._sessionId === id) this._sessionId = undefined as unknown as Hex
    return true
  }

  /** Removes the local copy. */
  clearStorage(): void {
    super.checkSessionParams()
    this.cleared += 1
    this.getLocalStorageHandler()?.clearStorage(this.sessionId)
  }

  /** Removes all local copies of this namespace whose session ids begin with `baseKey`. */
  clearOrphanedData(baseKey?: string): void {
    this.cleared += 1
    this.getLocalStorageHandler()?.clearOrphanedData(baseKey)
  }

  /** The session id as it is now, and a way to its copy that fails quietly: a copy is an extra. */
  private begin(): { id: Hex; copy: WithCopy<T> } {
    super.checkSessionParams()
    const { cleared } = this
    const copy: WithCopy<T> = async (use) => {
      const handler = cleared === this.cleared ? this.getLocalStorageHandler() : undefined
      const used = await (handler && use(handler))?.catch(() => undefined)
      // Cleared while it was sealed: what was written since must go, too.
      if (handler && cleared !== this.cleared) handler.clearStorage(id)
      return used
    }
    const id = this.sessionId
    return { id, copy }
  }

  private async fromServer(id: Hex, headers: Headers): Promise<T> {
    const { sessionNamespace: namespace } = this
    const data = await this.serverHandler.retrieveData(id, { namespace, headers })
    return data as T
  }

  private getLocalStorageHandler(): LocalStorageHandler<T> | undefined {
    if (!this.useLocalStorage || typeof window === 'undefined') return undefined
    if (!this.localStorageHandler && storageAvailable(STORAGE_METHOD.LOCAL_STORAGE)) {
      const base = `${this.sessionNamespace ?? 'w3a_session_manager_default'}:`
      this.localStorageHandler = new LocalStorageHandler(window.localStorage, base)
    }
    return this.localStorageHandler
  }
}

type WithCopy<T> = <R>(
  use: (handler: LocalStorageHandler<T>) => Promise<R>,
) => Promise<R | undefined>

const DAY = 86_400
