// What the other packages of Tenure are made of. Not for applications: it may change with any
// version.

export { bounded, fetchReply, tokenAnswer, type HttpReply } from './reply.js'
export { loadCore, type Core } from './core.js'
export { subtle, verify } from './id_token.js'
export { openIssuer, type Issuer } from './issuer.js'
export { Records } from './records.js'
export { webLock } from './storage/locks.js'
