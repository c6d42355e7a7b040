import { ReapitConnectBrowserSession } from './browser_session.js'
import { leave } from './page.js'
import { shownBy } from './shown.js'
import type { ReapitConnectSession } from './types.js'

export { ReapitConnectBrowserSession }

/** On a server there are no elements: the class can be named there, but not used. */
const Element = (globalThis as { HTMLElement?: typeof HTMLElement }).HTMLElement ?? Object

/**
 * A button that signs a person in and out.
 *
 * ```html
 * <script src="button.iife.js"></script>
 * <connect-sign-in oauth-url="https://connect.example" client-id="my-app"></connect-sign-in>
 * ```
 *
 * Attributes: `oauth-url`, `client-id`, `login-redirect-path`, `logout-redirect-path`,
 * `application-timeout` in milliseconds; `form` always shows the sign-in form; `go-back` returns to
 * the page where the sign-in began; `sign-in-label` and `sign-out-label` are the words on the button.
 * Parts for styles: `name` and `button`. Events: `connect-session`, whose `detail` is the session,
 * and `connect-signed-out`.
 */
export class ConnectSignIn extends (Element as typeof HTMLElement) {
  static readonly observedAttributes = ['sign-in-label', 'sign-out-label']

  #session: ReapitConnectBrowserSession | undefined
  #unsubscribe: (() => unknown) | undefined
  readonly #name: HTMLElement
  readonly #button: HTMLButtonElement
  #wasSignedIn = false

  constructor() {
    super()
    const root = this.attachShadow({ mode: 'open' })
    root.innerHTML = STYLE
    this.#name = root.appendChild(document.createElement('span'))
    this.#name.setAttribute('part', 'name')
    this.#button = root.appendChild(document.createElement('button'))
    this.#button.type = 'button'
    this.#button.setAttribute('part', 'button')
    this.#button.addEventListener('click', () => this.#clicked())
  }

  /** The session of the button, or the one that it was given. */
  get session(): ReapitConnectBrowserSession | undefined {
    return this.#session
  }

  set session(session: ReapitConnectBrowserSession | undefined) {
    this.#unsubscribe?.()
    this.#session = session
    if (!session || !this.isConnected) return
    this.#unsubscribe = shownBy(session).subscribe(() => this.#show())
    void this.#resume(session)
  }

  connectedCallback(): void {
    this.#show()
    this.session = this.#session ?? this.#open()
  }

  disconnectedCallback(): void {
    this.#unsubscribe?.()
  }

  attributeChangedCallback(): void {
    this.#show()
  }

  #open(): ReapitConnectBrowserSession | undefined {
    const of = (name: string): string | undefined => this.getAttribute(name) ?? undefined
    const connectOAuthUrl = of('oauth-url')
    const connectClientId = of('client-id')
    if (!connectOAuthUrl || !connectClientId) {
      console.error('connect-sign-in needs the attributes oauth-url and client-id')
      return undefined
    }
    const login = of('login-redirect-path')
    const logout = of('logout-redirect-path')
    const timeout = of('application-timeout')
    return new ReapitConnectBrowserSession({
      connectOAuthUrl,
      connectClientId,
      ...(login !== undefined && { connectLoginRedirectPath: login }),
      ...(logout !== undefined && { connectLogoutRedirectPath: logout }),
      ...(timeout !== undefined && { connectApplicationTimeout: Number(timeout) }),
    })
  }

  /** Goes on with a session that there is; it leaves the page only when it is told to. */
  async #resume(session: ReapitConnectBrowserSession): Promise<void> {
    const back = session.connectInternalRedirect
    this.#button.setAttribute('aria-busy', 'true')
    const got = await session['connection'].resume()
    if (got && back !== null && this.hasAttribute('go-back')) return leave(back)
    this.#show()
  }

  #clicked(): void {
    const session = this.#session
    if (!session) return
    this.#button.setAttribute('aria-busy', 'true')
    if (this.#shown) session.connectLogoutRedirect()
    else if (this.hasAttribute('form')) session.connectLoginRedirect()
    else void session.connectAuthorizeRedirect()
  }

  #show(): void {
    const shown = this.#shown
    this.#button.removeAttribute('aria-busy')
    this.#name.textContent = shown?.loginIdentity.name ?? ''
    const [attribute, usual] = shown ? ['sign-out-label', 'Sign out'] : ['sign-in-label', 'Sign in']
    this.#button.textContent = this.getAttribute(attribute) ?? usual
    if (shown) this.#tell('connect-session', shown)
    else if (this.#wasSignedIn) this.#tell('connect-signed-out', null)
    this.#wasSignedIn = shown !== null
  }

  get #shown(): ReapitConnectSession | null {
    return this.#session ? shownBy(this.#session).get() : null
  }

  #tell(name: string, detail: ReapitConnectSession | null): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }))
  }
}

const STYLE = `<style>
  :host { display: inline-flex; align-items: center; gap: 0.75em; }
  span:empty { display: none; }
  button {
    padding: 0.5em 1em; border: 1px solid; border-radius: 0.375em;
    font: inherit; color: inherit; background: none; cursor: pointer;
  }
  button:hover { background: color-mix(in srgb, currentcolor 10%, transparent); }
  button:focus-visible { outline: 2px solid; outline-offset: 2px; }
  button[aria-busy] { opacity: 0.6; cursor: progress; }
</style>`

if (typeof customElements === 'object' && !customElements.get('connect-sign-in')) {
  customElements.define('connect-sign-in', ConnectSignIn)
}
