import type { SessionOptions } from '../types.js'

/** What can be asked for; `usual` is what a page uses that asks for nothing. */
export type Asked = NonNullable<SessionOptions['storage']> | 'usual'
