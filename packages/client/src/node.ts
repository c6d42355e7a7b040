import { createSession as create, type Session, type SessionOptions } from './index.js'

export * from './index.js'
export { fileStorage } from './storage/file.js'

/**
 * Opens a session in Node. There is no page whose origin `fetch` could trust: name those that it
 * may send the token to by `allowedOrigins`.
 */
export function createSession(options: SessionOptions): Session {
  return create({ allowedOrigins: [], ...options })
}
