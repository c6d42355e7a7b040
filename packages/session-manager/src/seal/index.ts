import * as cipher from './cipher.js'
import { loadCurve } from './curve.js'

export { OpenError, type Draw } from './cipher.js'
export { randomSecret as generateSecret } from './random.js'

/**
 * Seals and opens with one secret of 32 bytes, in hexadecimal digits. The scheme is that of
 * `@toruslabs/eccrypto`, byte for byte.
 */
export interface SealKey {
  /** 130 digits that begin with `04`: the name of what is sealed. */
  publicKey: string
  /** Seals a text to this key. */
  seal(text: string, draw?: cipher.Draw): Promise<string>
  /** Opens what was sealed to this key, or throws an `OpenError`. */
  open(sealed: string): Promise<string>
  /** Signs a text: DER in digits, over its Keccak-256 digest. */
  sign(text: string): string
}

/** Reads a secret; throws a sentence if it is none. */
export async function sealKey(secret: string): Promise<SealKey> {
  const curve = await loadCurve()
  const publicKey = curve.publicKey(secret)
  return {
    publicKey,
    seal: (text, draw) => cipher.seal(curve, publicKey, text, draw),
    open: (sealed) => cipher.open(curve, secret, sealed),
    sign: (text) => curve.sign(secret, text),
  }
}
