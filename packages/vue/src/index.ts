export type { Session } from '@tenure/client'
