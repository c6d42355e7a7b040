// The JSON of a stored session, the same that the Rust crate `tenure-wire` writes, and the fields
// that the core makes of it. It is translated here because a page has a JSON parser already.
import { isObject, parseObject } from '../../parts/json.js'
import type { Stored } from './messages.js'

/** The fields of a stored session, or `null` where the text is damaged, foreign or newer. */
export function decode(text: string): Stored | null {
  const members = flatten(parseObject(text) ?? {})
  const take = (path: string): unknown => {
    const value = members.get(path)
    members.delete(path)
    return value
  }
  // A session that names its issuer and client is of version 2, everything else of version 1.
  const named = Number(members.has('issuer')) + Number(members.has('client_id'))
  if (take('tenure') !== [VERSION, NaN, NAMED][named]) return null
  const body = members.has('signed_out.reason') ? 'signed_out' : 'active'
  const found: (string | null)[] = [field(take('generation'), 'number'), body]
  for (const [path, kind, optional] of BODIES[body]) found.push(field(take(path), kind, optional))
  // Unknown members belong to a newer version.
  return members.size > 0 || found.includes(null) ? null : (found as unknown[] as Stored)
}

/** Why a text is no stored session. */
export function faultOf(text: string): 'newer' | 'damaged' {
  const version = parseObject(text)?.['tenure']
  return Number.isSafeInteger(version) && (version as number) > NAMED ? 'newer' : 'damaged'
}

/** The text of a stored session, from the fields of the core. */
export function encode([generation, body, ...found]: Stored): string {
  const document: Document = { tenure: VERSION, generation: Number(generation) }
  BODIES[body as keyof typeof BODIES].forEach(([path, kind], index) => {
    const value = found[index]
    if (!value) return
    const [member = '', group] = path.split('.').reverse()
    const into = group ? ((document[group] ??= {}) as Document) : document
    into[member] = kind === 'number' ? Number(value) : kind === 'boolean' || value
  })
  if (document['issuer']) document['tenure'] = NAMED
  return JSON.stringify(document)
}

/** The generation of a stored text; 0 where nothing is stored, `null` where it is not ours. */
export function generationOf(text: string | null): number | null {
  if (text === null) return 0
  const found = decode(text)
  return found && Number(found[0])
}

/** Whether a stored text says that somebody signed out. */
export function isMark(text: string): boolean {
  return 'signed_out' in (JSON.parse(text) as object)
}

/** The key under which what is damaged is kept aside. */
export function asideOf(key: string): string {
  return `${key}:damaged`
}

/** The members of a document by their path: `a`, `b.c`. */
function flatten(document: Document): Map<string, unknown> {
  const members = new Map<string, unknown>()
  for (const [name, value] of Object.entries(document)) {
    const inner = isObject(value) ? Object.entries(value) : []
    if (inner.length === 0) members.set(name, value)
    for (const [member, it] of inner) members.set(`${name}.${member}`, it)
  }
  return members
}

/** A value as a field, or `null` where it is not of its kind. */
function field(value: unknown, kind: Kind, optional?: boolean): string | null {
  if (value === undefined && optional) return ''
  if (typeof value !== kind) return null
  if (kind === 'number' && !(Number.isSafeInteger(value) && (value as number) >= 0)) return null
  return kind === 'boolean' ? (value ? '1' : '') : String(value)
}

type Document = Record<string, unknown>
type Kind = 'string' | 'number' | 'boolean'
type Member = readonly [path: string, kind: Kind, optional?: boolean]

const VERSION = 1
const NAMED = 2

/** What follows the generation, in the order of the core's fields. */
const BODIES: Record<'active' | 'signed_out', readonly Member[]> = {
  signed_out: [
    ['signed_out.reason', 'string'],
    ['signed_out.at', 'number'],
  ],
  active: [
    ['login.generation', 'number'],
    ['login.at', 'number'],
    ['last_active', 'number'],
    ['tokens.access_token', 'string'],
    ['tokens.token_type', 'string'],
    ['tokens.obtained_at', 'number'],
    ['tokens.issued', 'number'],
    ['tokens.expires_at', 'number', true],
    ['tokens.forced', 'boolean', true],
    ['tokens.refresh_token', 'string', true],
    ['tokens.id_token', 'string', true],
    ['tokens.scope', 'string', true],
    ['tokens.subject', 'string', true],
    ['issuer', 'string', true],
    ['client_id', 'string', true],
  ],
}
