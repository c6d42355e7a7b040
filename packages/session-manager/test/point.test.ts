/** The public key without the module is that of the module. */
import { expect, test } from 'vitest'

import { sealKey } from '../src/seal.js'
import { ORDER } from '../src/seal/curve_numbers.js'
import { publicKeyAtOnce } from '../src/seal/point.js'
import { randomSecret } from '../src/seal/random.js'

const edge = [1n, 2n, 3n, ORDER - 2n, ORDER - 1n].map((number) => number.toString(16))

test('it is the same for every secret', async () => {
  for (const secret of [...edge, ...Array.from({ length: 40 }, randomSecret)]) {
    expect(publicKeyAtOnce(`0x${secret}`)).toBe((await sealKey(secret)).publicKey)
  }
})

test.each(['', '0', '0x', 'g', ORDER.toString(16), '1'.repeat(65)])('%j is no secret', (secret) => {
  expect(() => publicKeyAtOnce(secret)).toThrow('Bad private key')
})
