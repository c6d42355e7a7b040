// The JSON of a stored session, the same that the Rust crate `tenure-wire` writes, and the fields
// that the core makes of it. It is translated here because a page has a JSON parser already.

/** The fields of a stored session, or `null` where the text is damaged, foreign or newer. */
export function decode(text: string): string[] | null {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return null
  }
  if (!isObject(document) || document['tenure'] !== VERSION) return null
  const { tenure: _, generation, signed_out, login, last_active, tokens, ...rest } = document
  if (Object.keys(rest).length > 0 || !isNumber(generation)) return null
  if (signed_out !== undefined) {
    if (login !== undefined || tokens !== undefined || last_active !== undefined) return null
    return fromMark(generation, signed_out)
  }
  return fromSession(generation, login, last_active, tokens)
}

/** The text of a stored session, from the fields of the core. */
export function encode(fields: readonly string[]): string {
  const [generation, body, ...rest] = fields
  if (body === 'signed_out') {
    const [reason, at] = rest
    return JSON.stringify({
      tenure: VERSION,
      generation: Number(generation),
      signed_out: { reason, at: Number(at) },
    })
  }
  const [loginGeneration, loginAt, lastActive, ...tokens] = rest
  const set: Record<string, unknown> = {}
  MEMBERS.forEach(([name, kind], index) => {
    const value = tokens[index] ?? ''
    if (value === '') return
    set[name] = kind === 'number' ? Number(value) : kind === 'flag' ? true : value
  })
  return JSON.stringify({
    tenure: VERSION,
    generation: Number(generation),
    login: { generation: Number(loginGeneration), at: Number(loginAt) },
    last_active: Number(lastActive),
    tokens: set,
  })
}

/** The generation of a stored text; 0 where nothing is stored, `null` where it is not ours. */
export function generationOf(text: string | null): number | null {
  if (text === null) return 0
  const found = decode(text)
  return found === null ? null : Number(found[0])
}

function fromMark(generation: number, mark: unknown): string[] | null {
  if (!isObject(mark) || typeof mark['reason'] !== 'string' || !isNumber(mark['at'])) return null
  return [String(generation), 'signed_out', mark['reason'], String(mark['at'])]
}

function fromSession(
  generation: number,
  login: unknown,
  lastActive: unknown,
  tokens: unknown,
): string[] | null {
  if (!isObject(login) || !isObject(tokens) || !isNumber(lastActive)) return null
  if (!isNumber(login['generation']) || !isNumber(login['at'])) return null
  const set: string[] = []
  for (const [name, kind, needed] of MEMBERS) {
    const value = tokens[name]
    if (value === undefined && !needed) set.push('')
    else if (kind === 'number' && isNumber(value)) set.push(String(value))
    else if (kind === 'flag' && typeof value === 'boolean') set.push(value ? '1' : '')
    else if (kind === 'text' && typeof value === 'string') set.push(value)
    else return null
  }
  const known = MEMBERS.map(([name]) => name)
  if (Object.keys(tokens).some((name) => !known.includes(name))) return null
  return [generation, 'active', login['generation'], login['at'], lastActive, ...set].map(String)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

const VERSION = 1

/** The members of `tokens`, in the order of the core's fields: name, kind, whether needed. */
const MEMBERS: readonly (readonly [string, 'text' | 'number' | 'flag', boolean])[] = [
  ['access_token', 'text', true],
  ['token_type', 'text', true],
  ['obtained_at', 'number', true],
  ['issued', 'number', true],
  ['expires_at', 'number', false],
  ['forced', 'flag', false],
  ['refresh_token', 'text', false],
  ['id_token', 'text', false],
  ['scope', 'text', false],
  ['subject', 'text', false],
]
