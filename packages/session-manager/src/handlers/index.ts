export { LocalStorageHandler } from './local_storage_handler.js'
export { ServerHandler } from './server_handler.js'
