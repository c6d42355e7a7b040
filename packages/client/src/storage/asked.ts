import type { SessionOptions } from '../types.js'

/** What can be asked for. */
export type Asked = NonNullable<SessionOptions['storage']> | Usual

/**
 * `usual` is what a page uses that asks for nothing: IndexedDB, or localStorage where that cannot be
 * used.
 */
export type Usual = 'usual' | 'indexedDB'

export function isUsual(asked: Asked): asked is Usual {
  return asked === 'usual' || asked === 'indexedDB'
}
