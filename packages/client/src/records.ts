// Logins under way, one storage key each, so that two tabs that begin at once lose none.

/** Seven fields of a record; the state is the key. */
type Record = string[]

export class Records {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>
  readonly #prefix: string

  constructor(name: string) {
    this.#storage = usable()
    this.#prefix = `${name}:login:`
  }

  /** All records, oldest first: their count, then eight fields each. */
  fields(): string[] {
    const found: Record[] = []
    for (let index = 0; index < this.#storage.length; index += 1) {
      const key = this.#storage.key(index)
      if (!key?.startsWith(this.#prefix)) continue
      const record = parse(this.#storage.getItem(key))
      if (record) found.push([key.slice(this.#prefix.length), ...record])
      else this.#storage.removeItem(key)
    }
    found.sort((one, other) => Number(one[1]) - Number(other[1]))
    return [String(found.length), ...found.flat()]
  }

  /** Keeps what the core says must be kept, and nothing else. */
  keep(fields: readonly string[]): void {
    const count = Number(fields[0])
    const kept = new Set<string>()
    for (let index = 0; index < count; index += 1) {
      const [state = '', ...record] = fields.slice(1 + index * WIDTH, 1 + (index + 1) * WIDTH)
      kept.add(state)
      const text = JSON.stringify(record)
      if (this.#storage.getItem(this.#prefix + state) !== text) {
        this.#storage.setItem(this.#prefix + state, text)
      }
    }
    const [, ...rest] = this.fields()
    for (let index = 0; index < rest.length; index += WIDTH) {
      const state = rest[index] ?? ''
      if (!kept.has(state)) this.#storage.removeItem(this.#prefix + state)
    }
  }
}

function parse(text: string | null): Record | null {
  try {
    const record: unknown = JSON.parse(text ?? '')
    const good = Array.isArray(record) && record.length === WIDTH - 1
    return good && record.every((field) => typeof field === 'string') ? record : null
  } catch {
    return null
  }
}

/** localStorage, so that a link in a mail may open another tab; else what there is. */
function usable(): Storage {
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
const memory: Storage = (() => {
  const kept = new Map<string, string>()
  return {
    get length() {
      return kept.size
    },
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
  }
})()

/** Fields of a record, with its state. */
const WIDTH = 8
