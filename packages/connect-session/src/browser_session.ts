import { Callbacks, CODE_VERIFIER } from './callbacks.js'
import { Connection } from './connection.js'
import { IdleClock } from './idle.js'
import { Keys, REFRESH_TOKEN_KEY, USER_NAME_KEY } from './keys.js'
import { GLOBAL_KEY, isDesktop, page, storage } from './page.js'
import { People } from './people.js'
import { show } from './shown.js'
import type { ReapitConnectBrowserSessionInitializers, ReapitConnectSession } from './types.js'
import { Vault } from './vault.js'
import { EARLY } from './wire.js'

/**
 * One client's session in a page. Make one, and use it everywhere.
 *
 * ```ts
 * export const session = new ReapitConnectBrowserSession({
 *   connectOAuthUrl: 'https://connect.example',
 *   connectClientId: 'my-app',
 *   connectLoginRedirectPath: '/callback',
 * })
 * const tokens = await session.connectSession()
 * ```
 */
export class ReapitConnectBrowserSession {
  static readonly GLOBAL_KEY = GLOBAL_KEY
  static readonly REFRESH_TOKEN_KEY = REFRESH_TOKEN_KEY
  static readonly USER_NAME_KEY = USER_NAME_KEY
  static readonly CODE_VERIFIER = CODE_VERIFIER
  static readonly STATE_NONCE = 'REAPIT_STATE_NONCE'
  static readonly APP_DEFAULT_TIMEOUT = 10800000
  static readonly CLOCK_SKEW_ALLOWANCE = EARLY

  private readonly connection: Connection

  constructor(init: ReapitConnectBrowserSessionInitializers) {
    this.connection = open(init, () => this.connectAuthorizeRedirect())
    show(this, this.connection.shown)
    this.connectSession = this.connectSession.bind(this)
    this.connectAuthorizeRedirect = this.connectAuthorizeRedirect.bind(this)
    this.connectLoginRedirect = this.connectLoginRedirect.bind(this)
    this.connectLogoutRedirect = this.connectLogoutRedirect.bind(this)
    this.connectClearSession = this.connectClearSession.bind(this)
    if (page() && !isDesktop()) this.watchIdle(init)
  }

  /** Where the person was before signing in, on the page that a sign-in comes back to. */
  get connectInternalRedirect(): string | null {
    return this.connection.callbacks.returnTo
  }

  /** Whether the page is shown inside the desktop program. */
  get connectIsDesktop(): boolean {
    return isDesktop()
  }

  /** Whether there is a session whose access token is fresh. */
  get connectHasSession(): boolean {
    return this.connection.fresh !== null
  }

  /**
   * Leaves for the sign-in, which need not show a form to whoever is signed in there.
   *
   * @param parameters Tenure: more for the issuer, such as `{ chosenOrgId: 'ORG1' }`.
   */
  async connectAuthorizeRedirect(
    redirectUri?: string,
    parameters?: Record<string, string>,
  ): Promise<void> {
    await this.connection.authorize(text(redirectUri), parameters)
  }

  /** Forgets the session and leaves for the sign-in form. */
  connectLoginRedirect(redirectUri?: string): void {
    this.connection.login(text(redirectUri))
  }

  /** Forgets the session and leaves for the sign-out. */
  connectLogoutRedirect(redirectUri?: string): void {
    this.connection.logout(text(redirectUri))
  }

  /** Forgets the access token: the next `connectSession` refreshes. */
  connectClearSession(): void {
    this.connection.clear()
  }

  /**
   * The session, refreshed if it is due, once for all who ask. Where nobody is signed in it leaves
   * for the sign-in; then, and where the issuer cannot be reached, it gives `undefined`.
   */
  connectSession(): Promise<ReapitConnectSession | void> {
    return this.connection.connect()
  }

  private watchIdle(init: ReapitConnectBrowserSessionInitializers): void {
    const limit = init.connectApplicationTimeout ?? ReapitConnectBrowserSession.APP_DEFAULT_TIMEOUT
    const clock = new IdleClock(limit, init.connectClientId, () => this.connectLogoutRedirect())
    if (init.connectIdleFromStart) clock.touched()
  }
}

function open(
  init: ReapitConnectBrowserSessionInitializers,
  redirect: () => Promise<void>,
): Connection {
  const { connectOAuthUrl: oauthUrl, connectClientId: clientId } = init
  const origin = page()?.location.origin ?? ''
  const settings = {
    oauthUrl,
    clientId,
    loginUrl: `${origin}${init.connectLoginRedirectPath || ''}`,
    logoutUrl: `${origin}${init.connectLogoutRedirectPath ?? '/login'}`,
    usePkce: init.usePKCE ?? true,
    verifyState: init.connectVerifyState ?? true,
    protectLogin: init.connectProtectLogin ?? false,
  }
  const skew = init.connectClockSkewAllowance ?? ReapitConnectBrowserSession.CLOCK_SKEW_ALLOWANCE
  const issuer = init.connectIssuer === undefined ? {} : { issuer: init.connectIssuer }
  const kept = storage()
  const vault = new Vault(new Keys(kept, clientId), `REAPIT_SESSION_${clientId}`)
  const people = new People({ skew, audience: clientId, ...issuer })
  return new Connection(settings, vault, people, new Callbacks(kept), redirect)
}

/** Whoever hands a method to a button gives it an event: that is no address. */
function text(redirectUri: unknown): string | undefined {
  return typeof redirectUri === 'string' ? redirectUri : undefined
}
