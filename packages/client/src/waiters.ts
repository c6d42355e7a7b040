/** Callers that wait for the holder, by their number. */
export class Waiters {
  readonly #waiting = new Map<number, Waiter>()
  #last = 0

  /** A new caller: its number, and the promise that `settle` settles. */
  add(): { number: number; settled: Promise<string[]> } {
    const number = ++this.#last
    const settled = new Promise<string[]>((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject })
    })
    return { number, settled }
  }

  settle(number: number, answer: string[]): void {
    this.#waiting.get(number)?.resolve(answer)
    this.#waiting.delete(number)
  }

  rejectAll(cause: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(cause)
    this.#waiting.clear()
  }
}

interface Waiter {
  resolve(answer: string[]): void
  reject(cause: unknown): void
}
