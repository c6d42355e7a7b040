import type { PageStorage } from './page.js'

/** The refresh token and the user of one client, under the keys of the original. */
export class Keys {
  constructor(
    private readonly storage: PageStorage,
    private readonly clientId: string,
  ) {}

  get user(): string | null {
    return this.storage.getItem(this.#userKey)
  }

  get refreshToken(): string | null {
    const { user } = this
    return user === null ? null : this.storage.getItem(this.#tokenKey(user))
  }

  write(user: string, refreshToken: string): void {
    const before = this.user
    this.storage.setItem(this.#tokenKey(user), refreshToken)
    this.storage.setItem(this.#userKey, user)
    if (before !== null && before !== user) this.storage.removeItem(this.#tokenKey(before))
  }

  erase(): void {
    const { user } = this
    this.storage.removeItem(this.#tokenKey(user))
    this.storage.removeItem(this.#userKey)
  }

  /** Whether a key of a storage event is one of these. */
  has(key: string | null): boolean {
    return key === null || key === this.#userKey || key.startsWith(REFRESH_TOKEN_KEY)
  }

  #tokenKey(user: string | null): string {
    return `${REFRESH_TOKEN_KEY}_${user}_${this.clientId}`
  }

  get #userKey(): string {
    return `${USER_NAME_KEY}_${this.clientId}`
  }
}

export const REFRESH_TOKEN_KEY = 'REAPIT_REFRESH_TOKEN'
export const USER_NAME_KEY = 'REAPIT_LAST_AUTH_USER'
