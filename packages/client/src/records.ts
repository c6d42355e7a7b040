// Logins under way, one storage key each, so that two tabs that begin at once lose none.

/** Seven fields of a record, after its state. */
export type LoginRecord = string[]

export class Records {
  readonly #storage = usable()
  readonly #prefix: string

  constructor(name: string) {
    this.#prefix = `${name}:login:`
  }

  /** All records, oldest first; the first field of each is its state. */
  all(): LoginRecord[] {
    const found: LoginRecord[] = []
    for (const [key, text] of Object.entries(this.#storage)) {
      if (!key.startsWith(this.#prefix)) continue
      const record = parse(text)
      if (record) found.push([key.slice(this.#prefix.length), ...record])
      else Reflect.deleteProperty(this.#storage, key)
    }
    return found.sort((one, other) => Number(one[1]) - Number(other[1]))
  }

  /** As fields for the core: how many, then all. */
  fields(): string[] {
    const all = this.all()
    return [String(all.length), ...all.flat()]
  }

  /** Keeps what the core says must be kept, and nothing else. */
  keep([, ...fields]: readonly string[]): void {
    const kept = new Map<string, string>()
    for (let at = 0; at < fields.length; at += WIDTH) {
      const [state = '', ...record] = fields.slice(at, at + WIDTH)
      kept.set(state, JSON.stringify(record))
    }
    for (const [state = ''] of this.all()) {
      if (!kept.has(state)) Reflect.deleteProperty(this.#storage, this.#prefix + state)
    }
    for (const [state, text] of kept) this.#storage[this.#prefix + state] = text
  }
}

function parse(text: string): LoginRecord | null {
  try {
    const record: unknown = JSON.parse(text)
    const good = Array.isArray(record) && record.length === WIDTH - 1
    return good && record.every((field) => typeof field === 'string') ? record : null
  } catch {
    return null
  }
}

/** localStorage, so that a link in a mail may open another tab; else what there is. */
function usable(): { [key: string]: string } {
  for (const open of [() => localStorage, () => sessionStorage]) {
    try {
      const storage = open()
      storage.setItem('tenure:probe', '1')
      storage.removeItem('tenure:probe')
      return storage
    } catch {
      continue
    }
  }
  return memory
}

/** Good for a popup; a redirect does not survive it. */
const memory: { [key: string]: string } = {}

/** Fields of a record, with its state. */
const WIDTH = 8
