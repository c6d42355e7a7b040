import { allowRedirect, forgetRedirects } from '@tenure/client/protocol'

/** Stops a loop of redirects: sign-ins that fail one after the other begin no more. */
export class Redirects {
  readonly #key: string

  constructor(clientId: string) {
    this.#key = `REAPIT_FAILED_${clientId}`
  }

  /** Counts a failed sign-in: whether another may begin by itself. */
  admit(): Promise<boolean> {
    return allowRedirect(this.#key)
  }

  /** A sign-in succeeded: the count begins again. */
  reset(): void {
    forgetRedirects(this.#key)
  }
}
