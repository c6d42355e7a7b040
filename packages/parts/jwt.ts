import { parseObject, type JsonObject } from './json.js'

/** The claims of a token as they are written, unchecked; `null` where it is no JWT. */
export function claimsOf(token: unknown): JsonObject | null {
  return partOf(token, 1)
}

/** The header of a token, unchecked; `null` where it is no JWT. */
export function headerOf(token: unknown): JsonObject | null {
  return partOf(token, 0)
}

function partOf(token: unknown, at: 0 | 1): JsonObject | null {
  const parts = typeof token === 'string' ? token.split('.') : []
  return parts.length === 3 ? jwtPart(parts[at]) : null
}

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
