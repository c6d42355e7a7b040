export { CookieStorage } from './cookie.js'
export { MemoryStorage } from './memory.js'
export { LocalStorageAdapter, SessionStorageAdapter } from './web.js'
