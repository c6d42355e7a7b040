/** The claims of a token as they are written, unchecked; `undefined` where it is no JWT. */
export function claims(token: string | undefined): Record<string, unknown> | undefined {
  return part(token, 1)
}

/** The header of a token. */
export function header(token: string | undefined): Record<string, unknown> | undefined {
  return part(token, 0)
}

function part(token: string | undefined, index: 0 | 1): Record<string, unknown> | undefined {
  const parts = token?.split('.') ?? []
  if (parts.length !== 3) return undefined
  try {
    const letters = atob((parts[index] ?? '').replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0))
    const found: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof found === 'object' && found !== null && !Array.isArray(found)
      ? (found as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
