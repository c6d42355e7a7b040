// How often a sign-in was refreshed, for the other pages of this origin: a number, and no secret.

/** The newest generation that a page of this origin has. */
export function noted(login: string): number {
  return read(PREFIX + login)?.generation ?? 0
}

/** Writes down that there is a newer one, and forgets sign-ins that nobody used for long. */
export function note(login: string, generation: number): void {
  try {
    localStorage.setItem(PREFIX + login, `${generation} ${Date.now()}`)
    for (const key of Object.keys(localStorage)) {
      const old = key.startsWith(PREFIX) ? read(key) : null
      if (old && Date.now() - old.at > LONGEST) localStorage.removeItem(key)
    }
  } catch {
    // Pages that are open hear of it all the same.
  }
}

/** The sign-in has ended. */
export function forget(login: string): void {
  try {
    localStorage.removeItem(PREFIX + login)
  } catch {
    // There was no note either.
  }
}

function read(key: string): { generation: number; at: number } | null {
  try {
    const [generation, at] = (localStorage.getItem(key) ?? '').split(' ').map(Number)
    return generation && at ? { generation, at } : null
  } catch {
    return null
  }
}

const PREFIX = 'tenure:auth-connect:newest:'
const LONGEST = 90 * 24 * 60 * 60 * 1000
