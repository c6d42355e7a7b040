export { ReapitConnectServerSession } from './server_session.js'
export type { ReapitConnectServerSessionInitializers } from './types.js'
