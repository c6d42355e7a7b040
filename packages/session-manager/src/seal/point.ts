// The public key for whoever cannot wait: the original gives the name of an entry in a property.
// Everything else is done by the module, which takes the same time for every secret.
import { GENERATOR, ORDER, PRIME } from './curve_numbers.js'

/** The public key of a secret: 130 digits that begin with `04`. */
export function publicKeyAtOnce(secret: string): string {
  const digits = secret.replace(/^0x/i, '')
  const number = /^[0-9a-f]{1,64}$/i.test(digits) ? BigInt(`0x${digits}`) : 0n
  if (number === 0n || number >= ORDER) {
    throw new Error('Bad private key: a session id is a number below the order of secp256k1')
  }
  const { x, y } = times(number) as Point
  const hex = (part: bigint): string => part.toString(16).padStart(64, '0')
  return `04${hex(x)}${hex(y)}`
}

interface Point {
  x: bigint
  y: bigint
}

/** So many times the generator. */
function times(factor: bigint): Point | null {
  let sum: Point | null = null
  let step: Point | null = GENERATOR
  for (let rest = factor; rest > 0n; rest >>= 1n) {
    if (rest & 1n) sum = add(sum, step)
    step = add(step, step)
  }
  return sum
}

/** The sum of two points; `null` is the point at infinity. */
function add(one: Point | null, other: Point | null): Point | null {
  if (one === null || other === null) return one ?? other
  const opposite = one.x === other.x && one.y !== other.y
  if (opposite) return null
  const slope =
    one.x === other.x
      ? 3n * one.x * one.x * inverse(2n * one.y)
      : (other.y - one.y) * inverse(other.x - one.x)
  const x = within(slope * slope - one.x - other.x)
  return { x, y: within(slope * (one.x - x) - one.y) }
}

/** By Euclid's algorithm. */
function inverse(number: bigint): bigint {
  let [high, low] = [PRIME, within(number)]
  let [before, now] = [0n, 1n]
  while (low > 1n) {
    const whole = high / low
    ;[high, low] = [low, high - whole * low]
    ;[before, now] = [now, before - whole * now]
  }
  return within(now)
}

function within(number: bigint): bigint {
  const rest = number % PRIME
  return rest < 0n ? rest + PRIME : rest
}
