/** A JSON object whose members nobody has looked at. */
export type JsonObject = Record<string, unknown>

/** Reads a JSON object; `null` where the text is none. */
export function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
