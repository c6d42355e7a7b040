import { SessionError } from '@tenure/client'

import { messageOf, NOT_VERIFIED, Outage, Refused } from './faults.js'
import { KeysUnavailable, verify, type Expected } from './id_token.js'
import { identityOf } from './identity.js'
import { claimsOf } from '../../parts/jwt.js'
import type { Details } from './news.js'
import type { LoginIdentity } from './types.js'

/** Who the ID tokens of one client speak of. Each answer of the token endpoint is checked once. */
export class People {
  #checked: { accessToken: string; idToken: string; who: LoginIdentity } | null = null
  /** Who signed in; a refresh does not make somebody else of them. */
  #person: { issuer: string; subject: string } | null = null

  constructor(private readonly expected: Expected) {}

  /** The one that a sign-in brought. */
  signedIn(accessToken: string, idToken: string): Promise<LoginIdentity> {
    this.#person = null
    return this.#check(accessToken, idToken, this.expected)
  }

  /** The one that a refresh brought, or the one before where it brought none. */
  async refreshed(
    accessToken: string,
    details: Details | undefined,
  ): Promise<{ idToken: string; who: LoginIdentity }> {
    const idToken = details?.idToken ?? this.#checked?.idToken
    if (idToken === undefined) throw new Refused(NOT_VERIFIED)
    // Checked before, or by another page of this origin.
    if (!details?.idToken || details.trusted) {
      const claims = claimsOf(idToken) ?? {}
      return { idToken, who: this.#remember(accessToken, idToken, claims, identityOf(claims)) }
    }
    const expected = { ...this.expected, ...this.#person }
    return { idToken, who: await this.#check(accessToken, idToken, expected) }
  }

  forget(): void {
    this.#checked = null
    this.#person = null
  }

  async #check(accessToken: string, idToken: string, expected: Expected): Promise<LoginIdentity> {
    if (this.#checked?.accessToken === accessToken) return this.#checked.who
    try {
      const { claims, identity } = await verify(idToken, expected)
      return this.#remember(accessToken, idToken, claims, identity)
    } catch (cause) {
      if (cause instanceof KeysUnavailable) throw new Outage(cause.message)
      // It says nothing about the token, either.
      if (cause instanceof SessionError) throw cause
      console.error('Reapit Connect Session error:', messageOf(cause))
      throw new Refused(NOT_VERIFIED)
    }
  }

  #remember(
    accessToken: string,
    idToken: string,
    claims: Record<string, unknown>,
    who: LoginIdentity,
  ): LoginIdentity {
    this.#person = { issuer: String(claims['iss']), subject: String(claims['sub']) }
    this.#checked = { accessToken, idToken, who }
    return who
  }
}
