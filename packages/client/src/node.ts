export * from './index.js'
export { type LoopbackOptions, signInByLoopback } from './loopback.js'
export { fileStorage } from './storage/file.js'
