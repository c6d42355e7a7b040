import { ORDER } from './curve_numbers.js'
import { toHex } from './hex.js'

/** A new secret: 64 digits. */
export function randomSecret(): string {
  for (;;) {
    const secret = toHex(crypto.getRandomValues(new Uint8Array(32)))
    const number = BigInt(`0x${secret}`)
    if (number > 0n && number < ORDER) return secret
  }
}
