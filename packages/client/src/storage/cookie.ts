import type { TextStorage } from '../types.js'

/**
 * A cookie that scripts can read. It is sent with every request to the site, and a browser keeps
 * about 4 KB of it: prefer another storage where there is one.
 */
export function cookieStorage(): TextStorage {
  // Throws at once where there is no page.
  const page = document
  return {
    get(key) {
      const name = `${encodeURIComponent(key)}=`
      const found = page.cookie.split('; ').find((cookie) => cookie.startsWith(name))
      return found === undefined ? null : decodeURIComponent(found.slice(name.length))
    },
    set(key, value) {
      write(key, encodeURIComponent(value), YEAR)
    },
    remove(key) {
      write(key, '', 0)
    },
  }
}

function write(key: string, value: string, life: number): void {
  const secure = location.protocol === 'https:' ? '; Secure' : ''
  document.cookie = `${encodeURIComponent(key)}=${value}; Path=/; Max-Age=${life}; SameSite=Strict${secure}`
}

const YEAR = 365 * 24 * 60 * 60
