// The shapes of `@reapit/connect-session`, under the names that it gave them.

/** How a browser session is made. */
export interface ReapitConnectBrowserSessionInitializers {
  /** The address under which `/authorize`, `/login`, `/logout` and `/token` are. */
  connectOAuthUrl: string
  connectClientId: string
  /** Proof key for code exchange. Default: yes. */
  usePKCE?: boolean
  /** @deprecated Nothing reads it. */
  connectUserPoolId?: string
  /** A path of this origin where a sign-in comes back to. Default: the root. */
  connectLoginRedirectPath?: string
  /** A path of this origin where a sign-out comes back to. Default: `/login`. */
  connectLogoutRedirectPath?: string
  /** Milliseconds without activity after which the person is signed out. Default: three hours. */
  connectApplicationTimeout?: number
  /** Seconds by which the clock may differ from the issuer's. Default: 300, which is the most. */
  connectClockSkewAllowance?: number
  /** Tenure: the only issuer whose ID tokens count. Default: the one that a token names. */
  connectIssuer?: string
  /** Tenure: whether a callback must belong to a sign-in begun here. Default: yes. */
  connectVerifyState?: boolean
  /** Tenure: `connectLoginRedirect` sends a state and a challenge as well. Default: no. */
  connectProtectLogin?: boolean
  /** Tenure: the idle time counts from the start, not from the first activity. Default: no. */
  connectIdleFromStart?: boolean
}

/** The tokens of whoever is signed in. */
export interface ReapitConnectSession {
  accessToken: string
  refreshToken: string
  idToken: string
  loginIdentity: LoginIdentity
}

/** Who is signed in. */
export interface LoginIdentity {
  email: string
  name: string
  agencyCloudId: string | null
  developerId: string | null
  clientId: string | null
  adminId: string | null
  userCode: string | null
  groups: string[]
  orgName: string | null
  orgId: string | null
  offGroupIds: string | null
  offGrouping: boolean
  offGroupName: string | null
  officeId: string | null
  orgProduct: string | null
}

/** Tenure: what an ID token must be. */
export interface IdTokenExpectations {
  /** The issuer, as its tokens name it (`iss`). Without it a token proves nothing in a service. */
  issuer?: string
  /** The client that the token must be for (`aud`). */
  audience?: string
  /** Seconds by which the clocks may differ. Default: 300, which is the most. */
  skew?: number
}

/** An answer of the token endpoint. */
export interface CoginitoSession {
  access_token: string
  id_token: string
  refresh_token: string
  error?: string
}

/** The claims of an ID token. */
export interface CoginitoIdentity {
  sub: string
  email_verified: boolean
  iss: string
  phone_number_verified: boolean
  'cognito:username': string
  'custom:reapit:developerId'?: string
  'custom:reapit:clientCode'?: string
  'custom:reapit:marketAdmin'?: string
  'custom:reapit:userCode'?: string
  'custom:reapit:orgId'?: string
  aud: string
  token_use: string
  auth_time: number
  name: string
  phone_number: string
  exp: number
  iat: number
  email: string
  'cognito:groups'?: string[]
}

/** The claims of an access token. */
export interface CoginitoAccess {
  sub: string
  'cognito:groups': string[]
  token_use: string
  scope: string
  auth_time: number
  iss: string
  exp: number
  iat: number
  version: number
  jti: string
  client_id: string
  username: string
}

/** What `useReapitConnect` gives. */
export type ReapitConnectHook = {
  connectSession: ReapitConnectSession | null
  connectAuthorizeRedirect: (redirectUri?: string) => void
  connectLoginRedirect: (redirectUri?: string) => void
  connectLogoutRedirect: (redirectUri?: string) => void
  connectInternalRedirect: string | null
  connectIsDesktop: boolean
  connectHasSession: boolean
  connectClearSession: () => void
}

/** The claims of a token, with its audience. */
export type DecodedToken<T> = { aud: string } & T

/** How a session of a program is made. */
export interface ReapitConnectServerSessionInitializers {
  connectOAuthUrl: string
  connectClientId: string
  connectClientSecret: string
  /** @deprecated Nothing reads it. */
  connectUserPoolId?: string
  /** Tenure: whether the request is in the address, as the original's was, or in a form. */
  connectTokenRequest?: 'query' | 'form'
}
