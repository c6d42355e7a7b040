/** A value of a message to the core; `null`, `undefined` and `false` are the empty field. */
export type Field = string | number | boolean | null | undefined

/** Joins fields to a message. A field must not hold the separator. */
export function message(...fields: readonly Field[]): string {
  return fields.map(text).join(SEPARATOR)
}

/** Takes a message apart. */
export function fields(message: string): string[] {
  return message.split(SEPARATOR)
}

function text(field: Field): string {
  if (field === null || field === undefined || field === false) return ''
  if (field === true) return '1'
  const written = typeof field === 'number' ? String(Math.trunc(field)) : field
  if (written.includes(SEPARATOR)) throw new TypeError('a text holds a NUL character')
  return written
}

const SEPARATOR = '\0'
