import type { AuthSessionManagerOptions, IStorageAdapter, StorageConfig } from '../../src/index.js'
import type { Library } from './both.js'
import { TokenServer } from './token_server.js'

interface Data {
  user: string
}

/** A server, and the storages that the tabs of one browser share. */
export class Browser {
  readonly stores: Required<StorageConfig>

  private constructor(
    private readonly library: Library,
    readonly server: TokenServer,
  ) {
    const { MemoryStorage } = library
    this.stores = {
      sessionId: new MemoryStorage(),
      accessToken: new MemoryStorage(),
      refreshToken: new MemoryStorage(),
      idToken: new MemoryStorage(),
    }
  }

  static async open(library: Library): Promise<Browser> {
    const server = await TokenServer.start()
    opened.push(server)
    return new Browser(library, server)
  }

  /** A page, and its client for the API. */
  tab(more: AuthSessionManagerOptions = {}) {
    const session = new this.library.AuthSessionManager<Data>({
      apiClientConfig: { baseURL: this.server.url },
      storage: this.stores,
      ...more,
    })
    const http = new this.library.HttpClient(session)
    const api = (path: '/api' | '/slow' = '/api') =>
      http.get<Data>(`${this.server.url}${path}`, { authenticated: true })
    return { session, http, api }
  }

  /** What is stored. */
  async kept(): Promise<Record<string, string | null>> {
    const get = (name: keyof StorageConfig, key: string) => this.stores[name].get(`w3a:${key}`)
    return {
      sessionId: await get('sessionId', 'session_id'),
      accessToken: await get('accessToken', 'access_token'),
      refreshToken: await get('refreshToken', 'refresh_token'),
      idToken: await get('idToken', 'id_token'),
    }
  }
}

export const NOTHING = { sessionId: null, accessToken: null, refreshToken: null, idToken: null }

/** A page that ends after so many writes: what it would write later does not come. */
export function endingAfter(writes: number, stores: Required<StorageConfig>) {
  const left = { writes }
  const ending = (store: IStorageAdapter): IStorageAdapter => ({
    get: (key) => store.get(key),
    remove: (key) => store.remove(key),
    set: (key, value) => {
      left.writes -= 1
      return left.writes < 0 ? new Promise(() => undefined) : store.set(key, value)
    },
  })
  const { sessionId, accessToken, refreshToken, idToken } = stores
  const storage: Required<StorageConfig> = {
    sessionId: ending(sessionId),
    accessToken: ending(accessToken),
    refreshToken: ending(refreshToken),
    idToken: ending(idToken),
  }
  return { storage, hasEnded: () => left.writes < 0 }
}

export async function closeAll(): Promise<void> {
  for (const server of opened.splice(0)) await server.stop()
}

const opened: TokenServer[] = []
