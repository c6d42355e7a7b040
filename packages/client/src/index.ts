export { SessionError } from './errors.js'
export { createSession } from './session.js'
export type { Held, Place } from './storage/place.js'
export type * from './types.js'
