import { readTokenResponse } from '@tenure/client/protocol'

import type { Callbacks } from './callbacks.js'
import { messageOf, NOT_FETCHED, Outage, persist, Refused } from './faults.js'
import { exchangeForm, plainOf, postForm, type Members, type EndpointSettings } from './wire.js'

/** What came for a code. */
export interface Granted {
  members: Members
  requestedAt: number
}

/** Changes the code of a callback for tokens, once. */
export class SignIn {
  #verifier: string | undefined
  #granted: Granted | undefined

  constructor(
    private readonly endpoints: EndpointSettings,
    private readonly callbacks: Callbacks,
    private readonly code: string,
    private readonly state: string,
  ) {}

  /**
   * The tokens. After an outage it may be called again; what was answered once is not asked for
   * again.
   */
  async answer(): Promise<Granted> {
    // The state is used up before anything is waited for.
    this.#verifier ??= this.callbacks.take(this.state)
    const form = exchangeForm(this.endpoints, this.code, this.#verifier)
    this.#granted ??= await persist(2, () => this.#ask(form))
    return this.#granted
  }

  async #ask(form: string): Promise<Granted> {
    const requestedAt = Date.now()
    const reply = await postForm(this.endpoints, form).catch((cause: unknown) => {
      throw new Outage(messageOf(cause))
    })
    const { kind } = await readTokenResponse(plainOf(reply))
    if (kind === 'unavailable') throw new Outage(`The token endpoint answered ${reply.status}`)
    if (kind !== 'tokens') throw new Refused(NOT_FETCHED)
    return { members: reply.members, requestedAt }
  }
}
