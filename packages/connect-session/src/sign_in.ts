import type { Callbacks } from './callbacks.js'
import { messageOf, NOT_FETCHED, Outage, persist, Refused } from './faults.js'
import { exchangeForm, isOutage, postForm, type Members, type Wire } from './wire.js'

/** An answer to a code. */
export interface Answer {
  members: Members
  requestedAt: number
}

/** Changes the code of a callback for tokens, once. */
export class SignIn {
  #verifier: string | undefined
  #answer: Answer | undefined

  constructor(
    private readonly wire: Wire,
    private readonly callbacks: Callbacks,
    private readonly code: string,
    private readonly state: string,
  ) {}

  /**
   * The tokens. After an outage it may be called again; what was answered once is not asked for
   * again.
   */
  async answer(): Promise<Answer> {
    // The state is used up before anything is waited for.
    this.#verifier ??= this.callbacks.take(this.state)
    const form = exchangeForm(this.wire, this.code, this.#verifier)
    this.#answer ??= await persist(2, () => this.#ask(form))
    return this.#answer
  }

  async #ask(form: string): Promise<Answer> {
    const requestedAt = Date.now()
    const answer = await postForm(this.wire, form).catch((cause: unknown) => {
      throw new Outage(messageOf(cause))
    })
    if (isOutage(answer)) throw new Outage(`The token endpoint answered ${answer.status}`)
    if (answer.members['error'] !== undefined) throw new Refused(NOT_FETCHED)
    return { members: answer.members, requestedAt }
  }
}
