// What pages tell each other without delay: the names of the locks they hold, which are the same
// for all pages of an origin at every moment, unlike what localStorage and messages bring.

/** Holds a lock of this name until the function that it gives is called, or the page ends. */
export function say(name: string): Promise<() => void> {
  return new Promise((said) => {
    let letGo = (): void => undefined
    const held = new Promise<void>((resolve) => (letGo = resolve))
    const granted = (): Promise<void> => {
      said(letGo)
      return held
    }
    const over = (): void => said(letGo)
    const asked = locks()?.request(name, { mode: 'shared' }, granted)
    // Where there are none, or none any more, nobody is told.
    if (asked) asked.then(over, over)
    else over()
  })
}

/** What follows this prefix in the names that are held now. */
export async function said(prefix: string): Promise<string[]> {
  const { held = [] } = (await locks()?.query()) ?? {}
  return held.flatMap(({ name = '' }) => (name.startsWith(prefix) ? name.slice(prefix.length) : []))
}

/**
 * Asks until the answer is good, or for so long that it will not be: whoever told the name stands
 * still, or a person changed the storage by hand.
 */
export async function caughtUp<T>(look: () => T, good: (found: Awaited<T>) => boolean): Promise<T> {
  const end = performance.now() + LONGEST_LAG
  for (;;) {
    const found = await look()
    if (good(found) || performance.now() > end) return found
    await new Promise((resolve) => setTimeout(resolve, LOOK))
  }
}

function locks(): LockManager | undefined {
  return typeof window === 'object' && typeof navigator === 'object' ? navigator.locks : undefined
}

const LOOK = 10
/** Below the two seconds after which a reading counts as old news. */
const LONGEST_LAG = 1_500
