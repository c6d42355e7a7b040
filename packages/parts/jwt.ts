import { parseObject, type JsonObject } from './json.js'

/** A part of a JSON Web Token, or `null` where it is none. */
export function jwtPart(part = ''): JsonObject | null {
  try {
    return parseObject(new TextDecoder().decode(fromBase64url(part)))
  } catch {
    return null
  }
}

/** Base64url without padding. */
export function base64url(bytes: ArrayBuffer | Uint8Array): string {
  const letters = String.fromCharCode(...new Uint8Array(bytes))
  return btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const letters = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0))
}
