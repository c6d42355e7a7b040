import { randomBytes } from 'node:crypto'
import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A value under a number that only grows, in a folder of its own files; the same files that the
 * Rust crate `tenure-client` reads and writes.
 *
 * The file with the highest number is the value; `put` makes the next number with a hard link,
 * which fails if it exists. So of all who want to follow the same number one wins, without any
 * lock, and a process that stood still for however long finds its number taken, or finds a higher
 * one: it can never undo what came after. A kill between any two system calls leaves the value
 * before or the value after, and at worst a file of no consequence.
 *
 * A number is written with twenty digits: `session.00000000000000000007.json`.
 */
export class Register {
  constructor(
    readonly folder: string,
    readonly name: string,
  ) {}

  /** The highest number, zero if there is none. */
  async highest(): Promise<number> {
    return Math.max(0, ...(await this.#numbers()))
  }

  /** The value with the highest number. */
  async latest(): Promise<{ number: number; bytes: Uint8Array } | null> {
    for (let look = 0; look < MOST_LOOKS; look += 1) {
      const number = await this.highest()
      if (number === 0) return null
      try {
        return { number, bytes: await readFile(this.path(number)) }
      } catch (cause) {
        // Somebody was faster between looking and reading: there is a higher one.
        if (codeOf(cause) !== 'ENOENT') throw cause
      }
    }
    throw new Error(`${this.folder} changes faster than it can be read`)
  }

  /** Writes the value after `number`, if that still is the highest; says whether it did. */
  async put(number: number, text: string): Promise<boolean> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 })
    if ((await this.highest()) !== number) return false
    const path = this.path(number + 1)
    const draft = this.#draft()
    try {
      await write(draft, text)
      try {
        await link(draft, path)
      } catch (cause) {
        if (codeOf(cause) === 'EEXIST') return false
        throw cause
      }
      await sync(this.folder)
      if ((await this.highest()) > number + 1) {
        // It stood still, and what it wrote is long past.
        await rm(path, { force: true })
        return false
      }
    } finally {
      await rm(draft, { force: true })
    }
    await this.#removeBelow(number + 1)
    return true
  }

  /**
   * Writes the value of a number anew, if it still is the highest; says whether it is. It waits
   * for nothing, so that nothing of this process comes in between, and does not reach for the
   * disk itself: after a loss of power such a value must not matter.
   */
  rewrite(number: number, text: string): boolean {
    if (highestOf(readdirSync(this.folder), this.name) !== number) return false
    const draft = this.#draft()
    try {
      writeFileSync(draft, text, { flag: 'wx', mode: 0o600 })
      renameSync(draft, this.path(number))
    } catch (cause) {
      rmSync(draft, { force: true })
      throw cause
    }
    return highestOf(readdirSync(this.folder), this.name) === number
  }

  /**
   * Copies the value of a number aside, in the place of what was kept so before, if that number
   * still is the highest. Nothing else knows of what lies there.
   */
  async keepAside(number: number): Promise<boolean> {
    if ((await this.highest()) !== number) return false
    const draft = this.#draft()
    try {
      await write(draft, await readFile(this.path(number)))
      await rename(draft, join(this.folder, `${this.name}.damaged.json`))
    } finally {
      await rm(draft, { force: true })
    }
    return true
  }

  /** Removes all values: for a sign-out that cannot be written down. */
  async clear(): Promise<void> {
    for (const number of await this.#numbers()) await rm(this.path(number), { force: true })
    await sync(this.folder)
  }

  path(number: number): string {
    return join(this.folder, `${this.name}.${String(number).padStart(DIGITS, '0')}.json`)
  }

  async #numbers(): Promise<number[]> {
    return numbersOf(await this.#files(), this.name)
  }

  async #files(): Promise<string[]> {
    try {
      return await readdir(this.folder)
    } catch (cause) {
      if (codeOf(cause) === 'ENOENT') return []
      throw cause
    }
  }

  #draft(): string {
    return join(this.folder, `${this.name}.draft.${randomBytes(8).toString('hex')}`)
  }

  /** What is left behind does no harm, so failing to remove it is no failure. */
  async #removeBelow(number: number): Promise<void> {
    const left = async (file: string): Promise<boolean> => {
      if (numbersOf([file], this.name).some((old) => old < number)) return true
      if (!file.startsWith(`${this.name}.draft.`)) return false
      const { mtimeMs } = await stat(join(this.folder, file))
      return Date.now() - mtimeMs > ABANDONED
    }
    for (const file of await this.#files().catch(() => [])) {
      const gone = await left(file).catch(() => false)
      if (gone) await rm(join(this.folder, file), { force: true }).catch(() => undefined)
    }
  }
}

/** What the system calls an error. */
export function codeOf(cause: unknown): string | undefined {
  return (cause as { code?: string } | null)?.code
}

function highestOf(files: readonly string[], name: string): number {
  return Math.max(0, ...numbersOf(files, name))
}

function numbersOf(files: readonly string[], name: string): number[] {
  return files.flatMap((file) => {
    const [own, digits = '', end, ...more] = file.split('.')
    const good = own === name && end === 'json' && more.length === 0
    return good && digits.length === DIGITS && /^\d+$/.test(digits) ? [Number(digits)] : []
  })
}

async function write(path: string, text: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A name in a folder is on disk when the folder is. */
async function sync(folder: string): Promise<void> {
  const opened = await open(folder, 'r')
  try {
    await opened.sync()
  } finally {
    await opened.close()
  }
}

const DIGITS = 20
const MOST_LOOKS = 100
/** A draft this old, in milliseconds, belongs to a process that was killed. */
const ABANDONED = 3_600_000
