export * from './auth/index.js'
export * from './base.js'
export * from './handlers/index.js'
export * from './interfaces.js'
export * from './storage_manager.js'
export {
  padHexString,
  STORAGE_METHOD,
  storageAvailable,
  type Hex,
  type StorageMethod,
} from './util.js'
