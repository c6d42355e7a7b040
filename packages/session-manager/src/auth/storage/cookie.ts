import type { CookieOptions, IStorageAdapter } from '../types.js'

/**
 * Cookies that scripts can read. They are sent with every request to the site, and a browser keeps
 * about 4 KB of each.
 */
export class CookieStorage implements IStorageAdapter {
  private readonly options: Required<CookieOptions>

  constructor(options: CookieOptions = {}) {
    this.options = { ...USUAL, ...options }
  }

  async get(key: string): Promise<string | null> {
    try {
      const begin = `${key}=`
      const cookies = document.cookie.split(';').map((cookie) => cookie.trim())
      const found = cookies.find((cookie) => cookie.startsWith(begin))
      return found === undefined ? null : decodeURIComponent(found.slice(begin.length))
    } catch {
      return null
    }
  }

  /** Rejects where the browser did not take the cookie. */
  async set(key: string, value: string): Promise<void> {
    if (typeof document !== 'object') throw new Error(`${key} was not kept: here are no cookies`)
    const { sameSite, secure, maxAge } = this.options
    const parts = [
      `${key}=${encodeURIComponent(value)}`,
      ...this.place(),
      sameSite && `SameSite=${sameSite}`,
      secure && 'Secure',
      maxAge > 0 && `Max-Age=${maxAge}`,
    ]
    document.cookie = parts.filter(Boolean).join('; ')
    if ((await this.get(key)) !== value) throw new Error(`${key} was not kept: ${this.why(value)}`)
  }

  async remove(key: string): Promise<void> {
    if (typeof document !== 'object') return
    document.cookie = [`${key}=`, ...this.place(), 'Max-Age=0'].join('; ')
  }

  private place(): string[] {
    const { path, domain } = this.options
    return [...(path ? [`Path=${path}`] : []), ...(domain ? [`Domain=${domain}`] : [])]
  }

  private why(value: string): string {
    if (encodeURIComponent(value).length > LONGEST) {
      return 'it is too long for a cookie; choose another storage for it'
    }
    if (this.options.secure && location.protocol === 'http:') {
      return 'a page of http keeps no Secure cookie; serve it over https, or set secure: false'
    }
    return 'the browser blocks cookies here, or its path or domain is not that of this page'
  }
}

const USUAL: Required<CookieOptions> = {
  path: '/',
  domain: '',
  sameSite: 'Strict',
  secure: true,
  maxAge: 30 * 24 * 60 * 60,
}
/** Name and value together may have 4096 bytes (RFC 6265 §6.1). */
const LONGEST = 4_000
