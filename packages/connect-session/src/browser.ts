export { ReapitConnectBrowserSession } from './browser_session.js'
export {
  connectSessionVerifyDecodeIdToken,
  connectSessionVerifyDecodeIdTokenWithPublicKeys,
} from './id_token.js'
export type {
  CoginitoAccess,
  CoginitoIdentity,
  CoginitoSession,
  DecodedToken,
  LoginIdentity,
  ReapitConnectBrowserSessionInitializers,
  ReapitConnectHook,
  ReapitConnectSession,
} from './types.js'
