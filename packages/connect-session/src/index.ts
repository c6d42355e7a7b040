export * from './browser.js'
export { useReapitConnect } from './react.js'
export * from './server.js'
