/** The claims of a token, unchecked; `null` where it is not a JWT. */
export function claimsOf(token: unknown): Record<string, unknown> | null {
  return typeof token === 'string' ? part(token.split('.')[1]) : null
}

/** One part of a JWT; `null` where it is no JSON object. */
export function part(text: string | undefined): Record<string, unknown> | null {
  try {
    const found: unknown = JSON.parse(new TextDecoder().decode(bytes(text ?? '')))
    return typeof found === 'object' && found !== null && !Array.isArray(found)
      ? (found as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

/** The bytes of base64url. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  const letters = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0))
}

/** Base64 of the bytes of a text. */
export function base64(text: string | ArrayBuffer): string {
  const octets = typeof text === 'string' ? new TextEncoder().encode(text) : new Uint8Array(text)
  return btoa(Array.from(octets, (octet) => String.fromCharCode(octet)).join(''))
}
