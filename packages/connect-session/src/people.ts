import { messageOf, NOT_VERIFIED, Outage, Refused } from './faults.js'
import { KeysUnavailable, verify, type Expected } from './id_token.js'
import { identityOf } from './identity.js'
import { claimsOf } from './jwt.js'
import type { LoginIdentity } from './types.js'
import type { Details } from './vault.js'

/** Who the ID tokens of one client speak of. Each is checked once. */
export class People {
  #checked: { idToken: string; identity: LoginIdentity } | null = null
  /** Who signed in; a refresh does not make somebody else of them. */
  #person: { issuer: string; subject: string } | null = null

  constructor(private readonly expected: Expected) {}

  /** The one that a sign-in brought. */
  signedIn(idToken: string): Promise<LoginIdentity> {
    this.forget()
    return this.#check(idToken, this.expected)
  }

  /** The one that a refresh brought, or the one before where it brought none. */
  async refreshed(details: Details | undefined): Promise<{ idToken: string; who: LoginIdentity }> {
    const idToken = details?.idToken ?? this.#checked?.idToken
    if (idToken === undefined) throw new Refused(NOT_VERIFIED)
    const who = details?.trusted
      ? this.#believe(idToken)
      : await this.#check(idToken, { ...this.expected, ...this.#person })
    return { idToken, who }
  }

  forget(): void {
    this.#checked = null
    this.#person = null
  }

  /** Another page of this origin has checked it. */
  #believe(idToken: string): LoginIdentity {
    const claims = claimsOf(idToken) ?? {}
    return this.#remember(idToken, claims, identityOf(claims))
  }

  async #check(idToken: string, expected: Expected): Promise<LoginIdentity> {
    if (this.#checked?.idToken === idToken) return this.#checked.identity
    try {
      const { claims, identity } = await verify(idToken, expected)
      return this.#remember(idToken, claims, identity)
    } catch (cause) {
      if (cause instanceof KeysUnavailable) throw new Outage(cause.message)
      console.error('Reapit Connect Session error:', messageOf(cause))
      throw new Refused(NOT_VERIFIED)
    }
  }

  #remember(
    idToken: string,
    claims: Record<string, unknown>,
    identity: LoginIdentity,
  ): LoginIdentity {
    this.#person = { issuer: String(claims['iss']), subject: String(claims['sub']) }
    this.#checked = { idToken, identity }
    return identity
  }
}
