import { claimsOf } from '../../../parts/jwt.js'
import { CookieStorage, LocalStorageAdapter } from './storage/index.js'
import {
  STORAGE_KEYS,
  type CookieOptions,
  type IStorageAdapter,
  type StorageConfig,
} from './types.js'

/** The four values of a session, as storage has them. */
export interface Kept {
  readonly sessionId: string | null
  readonly accessToken: string | null
  readonly refreshToken: string | null
  readonly idToken: string | null
}

type Name = keyof Kept

export const NOTHING: Kept = {
  sessionId: null,
  accessToken: null,
  refreshToken: null,
  idToken: null,
}

/** The places of the four values, under the original's names. */
export class Places {
  private readonly adapters: Record<Name, IStorageAdapter>

  constructor(
    private readonly prefix: string,
    chosen: StorageConfig = {},
    cookies?: CookieOptions,
  ) {
    const local = new LocalStorageAdapter()
    this.adapters = {
      sessionId: chosen.sessionId ?? local,
      accessToken: chosen.accessToken ?? local,
      refreshToken: chosen.refreshToken ?? new CookieStorage(cookies),
      idToken: chosen.idToken ?? local,
    }
  }

  async read(name: Name): Promise<string | null> {
    return (await this.adapters[name].get(this.keyOf(name))) || null
  }

  async readAll(): Promise<Kept> {
    const [sessionId, accessToken, refreshToken, idToken] = await Promise.all(
      (['sessionId', 'accessToken', 'refreshToken', 'idToken'] as const).map((it) => this.read(it)),
    )
    return {
      sessionId: sessionId ?? null,
      accessToken: accessToken ?? null,
      refreshToken: refreshToken ?? null,
      idToken: idToken ?? null,
    }
  }

  /**
   * Writes what differs. The refresh token comes first, since it alone cannot be had again; what
   * belonged to somebody else goes before anything of the next is there. So a page that ends in
   * between leaves a session of one person that can go on.
   */
  async write(next: Kept, before: Kept): Promise<void> {
    if (isOther(before, next)) {
      for (const name of ['idToken', 'accessToken', 'sessionId'] as const)
        await this.put(name, null)
      before = { ...NOTHING, refreshToken: before.refreshToken }
    }
    for (const name of ['refreshToken', 'accessToken', 'sessionId', 'idToken'] as const) {
      if (next[name] !== before[name]) await this.put(name, next[name])
    }
  }

  async removeAll(): Promise<void> {
    // The refresh token goes first: what is left of the others ends by itself.
    for (const name of ['refreshToken', 'accessToken', 'idToken', 'sessionId'] as const) {
      await this.put(name, null)
    }
  }

  has(key: string | null): boolean {
    return key === null || key.startsWith(`${this.prefix}:`)
  }

  private async put(name: Name, value: string | null): Promise<void> {
    const key = this.keyOf(name)
    const adapter = this.adapters[name]
    await (value === null ? adapter.remove(key) : adapter.set(key, value))
    // Some storages drop what they cannot take without a word.
    if ((await this.read(name)) === value) return
    throw new Error(`${key} was not ${value === null ? 'removed' : 'kept'} by its storage`)
  }

  private keyOf(name: Name): string {
    return `${this.prefix}:${KEYS[name]}`
  }
}

/** Whether the second is a sign-in of its own, and no refresh of the first. */
export function isOther(one: Kept, other: Kept): boolean {
  if (one.sessionId && other.sessionId && one.sessionId !== other.sessionId) return true
  const [before, now] = [subjectOf(one.idToken), subjectOf(other.idToken)]
  return before !== undefined && now !== undefined && before !== now
}

function subjectOf(idToken: string | null): unknown {
  return claimsOf(idToken)?.['sub']
}

const KEYS: Record<Name, string> = {
  sessionId: STORAGE_KEYS.SESSION_ID,
  accessToken: STORAGE_KEYS.ACCESS_TOKEN,
  refreshToken: STORAGE_KEYS.REFRESH_TOKEN,
  idToken: STORAGE_KEYS.ID_TOKEN,
}
