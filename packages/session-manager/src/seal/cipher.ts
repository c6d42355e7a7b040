import type { Curve } from './curve.js'
import { fromHex, toHex } from './hex.js'

/** Random bytes of one sealing: used twice, they show which data begin alike. */
export interface Draw {
  /** A secret key of its own, 64 digits. */
  ephemeral: string
  /** 16 bytes. */
  iv: Uint8Array<ArrayBuffer>
}

/** Why sealed data stay closed. */
export class OpenError extends Error {
  override name = 'OpenError'
}

/** Seals a text so that only the secret key of `to` opens it. */
export async function seal(
  curve: Curve,
  to: string,
  text: string,
  draw = drawn(),
): Promise<string> {
  const { ephemeral, iv } = draw
  const keys = await keysOf(fromHex(curve.agree(ephemeral, to)))
  const point = curve.publicKey(ephemeral)
  const key = await cipherKey(keys)
  const data = new TextEncoder().encode(text)
  const ciphertext = await crypto.subtle.encrypt({ name: 'AES-CBC', iv }, key, data)
  const sealed = { iv, point, ciphertext: new Uint8Array(ciphertext) }
  const mac = await crypto.subtle.sign('HMAC', await macKey(keys), authenticated(sealed))
  return JSON.stringify({
    iv: toHex(iv),
    ephemPublicKey: point,
    ciphertext: toHex(sealed.ciphertext),
    mac: toHex(new Uint8Array(mac)),
  })
}

/**
 * Opens what was sealed to the public key of `secret`. Data of old clients, which shortened a
 * shared secret that begins with zeros, are opened too.
 */
export async function open(curve: Curve, secret: string, text: string): Promise<string> {
  const sealed = read(text)
  const shared = fromHex(curve.agree(secret, sealed.point))
  for (const form of [stripped(shared), shared]) {
    const keys = await keysOf(form)
    const mine = await crypto.subtle.verify(
      'HMAC',
      await macKey(keys),
      sealed.mac,
      authenticated(sealed),
    )
    if (mine) return unlock(sealed, await cipherKey(keys))
  }
  throw new OpenError('the data were sealed to another key or changed since')
}

async function unlock({ iv, ciphertext }: Sealed, key: CryptoKey): Promise<string> {
  try {
    const data = await crypto.subtle.decrypt({ name: 'AES-CBC', iv }, key, ciphertext)
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data)
  } catch (cause) {
    throw new OpenError('the data were not sealed as they should be', { cause })
  }
}

interface Sealed {
  iv: Uint8Array<ArrayBuffer>
  point: string
  ciphertext: Uint8Array<ArrayBuffer>
}

function read(text: string): Sealed & { mac: Uint8Array<ArrayBuffer> } {
  const members = membersOf(text)
  const bytes = (name: string, fits: (length: number) => boolean, wanted: string) => {
    const found = fromHex(members[name])
    if (!found || !fits(found.length)) {
      throw new OpenError(`${name} is not ${wanted} in hexadecimal digits`)
    }
    return found
  }
  const point = bytes('ephemPublicKey', (length) => length === 65, 'an uncompressed point')
  return {
    iv: bytes('iv', (length) => length === 16, '16 bytes'),
    point: toHex(point),
    ciphertext: bytes('ciphertext', (n) => n > 0 && n % 16 === 0, 'whole blocks of 16 bytes'),
    mac: bytes('mac', (length) => length === 32, '32 bytes'),
  }
}

function membersOf(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  throw new OpenError('sealed data is JSON with the texts iv, ephemPublicKey, ciphertext and mac')
}

function drawn(): Draw {
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
  // One in 2^127 is no key; the curve refuses it.
  return { ephemeral: toHex(random(32)), iv: random(16) }
}

/** The first half encrypts, the second authenticates. */
async function keysOf(shared: Uint8Array<ArrayBuffer> | undefined): Promise<ArrayBuffer> {
  return crypto.subtle.digest('SHA-512', shared ?? new Uint8Array())
}

function cipherKey(keys: ArrayBuffer): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', keys.slice(0, 32), 'AES-CBC', false, ['encrypt', 'decrypt'])
}

function macKey(keys: ArrayBuffer): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  return crypto.subtle.importKey('raw', keys.slice(32), algorithm, false, ['sign', 'verify'])
}

function authenticated({ iv, point, ciphertext }: Sealed): Uint8Array<ArrayBuffer> {
  const key = fromHex(point) ?? new Uint8Array()
  const all = new Uint8Array(iv.length + key.length + ciphertext.length)
  all.set(iv)
  all.set(key, iv.length)
  all.set(ciphertext, iv.length + key.length)
  return all
}

/** Without the zeros that it begins with. */
function stripped(
  shared: Uint8Array<ArrayBuffer> | undefined,
): Uint8Array<ArrayBuffer> | undefined {
  const first = shared?.findIndex((byte) => byte !== 0) ?? 0
  return shared?.slice(first)
}
