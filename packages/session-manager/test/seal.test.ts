/** The table of `tenure-seal`, and the original package beside it. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decryptData, encryptData } from '@toruslabs/metadata-helpers'
import { generateSecret, OpenError, sealKey } from '../src/seal/index.js'
import { fromHex } from '../src/seal/hex.js'

interface Case {
  name: string
  session_id_input: string
  private_key: string
  public_key_uncompressed: string
  ephemeral_private_key: string
  iv: string
  plaintext_utf8: string
  ciphertext_json: string
  signature_der_hex: string
}

const TABLE = new URL('../../../crates/tenure-seal/cases/vectors.json', import.meta.url)
const { vectors, padding_vector: padding } = JSON.parse(readFileSync(TABLE, 'utf8')) as {
  vectors: Case[]
  padding_vector: Record<string, string>
}

const bytes = (digits: string | undefined) => fromHex(digits) ?? new Uint8Array()

describe.each(vectors)('$name', (its) => {
  test('gives the bytes of the table, and reads them', async () => {
    const key = await sealKey(its.session_id_input)
    expect(key.publicKey).toBe(its.public_key_uncompressed)
    const draw = { ephemeral: its.ephemeral_private_key, iv: bytes(its.iv) }
    expect(await key.seal(its.plaintext_utf8, draw)).toBe(its.ciphertext_json)
    expect(await key.open(its.ciphertext_json)).toBe(its.plaintext_utf8)
    expect(key.sign(its.ciphertext_json)).toBe(its.signature_der_hex)
  })
})

test('a shared secret that begins with zeros opens stripped and padded', async () => {
  const key = await sealKey(padding.private_key ?? '')
  for (const sealed of [padding.padded_ciphertext_json, padding.unpadded_ciphertext_json]) {
    expect(await key.open(sealed ?? '')).toBe(padding.plaintext)
  }
  const draw = { ephemeral: padding.ephemeral_private_key ?? '', iv: bytes(padding.iv) }
  expect(await key.seal(padding.plaintext ?? '', draw)).toBe(padding.padded_ciphertext_json)
})

test('what the original seals opens here, and back', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const secret = generateSecret()
    const key = await sealKey(secret)
    const value = { round, text: 'ä€😀'.repeat(round % 40), nothing: null }
    const own = bytes(secret)
    const theirs = await encryptData(own, value)
    expect(JSON.parse(await key.open(theirs))).toEqual(value)
    expect(await decryptData(own, await key.seal(JSON.stringify(value)))).toEqual(value)
  }
})

/** The ten thousand of the promise take a minute: `TENURE_CROSSED=10000`. */
const ROUNDS = Number(process.env.TENURE_CROSSED ?? 200)

test.each([
  ['', 'hexadecimal'],
  ['no digits', 'hexadecimal'],
  ['0', 'zero'],
  ['f'.repeat(64), 'too large'],
  ['0'.repeat(65), 'hexadecimal'],
])('the secret %j is refused in a sentence', async (secret, why) => {
  await expect(sealKey(secret)).rejects.toThrow(why)
})

test('what is not sealed data says which member is wrong', async () => {
  const key = await sealKey('1')
  const good = JSON.parse(await key.seal('data')) as Record<string, string>
  const off = (digits = '') => digits.slice(0, -1) + (digits.endsWith('0') ? '1' : '0')
  const bad: [unknown, string][] = [
    ['', 'sealed data is JSON'],
    ['null', 'sealed data is JSON'],
    ['[]', 'ephemPublicKey'],
    [{ ...good, iv: undefined }, 'iv is not'],
    [{ ...good, iv: `${good.iv}00` }, 'iv is not'],
    [{ ...good, iv: 7 }, 'iv is not'],
    [{ ...good, ephemPublicKey: good.ephemPublicKey?.slice(0, 66) }, 'ephemPublicKey'],
    [{ ...good, ephemPublicKey: `04${'00'.repeat(64)}` }, 'point'],
    [{ ...good, ephemPublicKey: off(good.ephemPublicKey) }, 'point'],
    [{ ...good, ciphertext: '' }, 'ciphertext'],
    [{ ...good, ciphertext: '0' }, 'ciphertext'],
    [{ ...good, ciphertext: '00'.repeat(17) }, 'ciphertext'],
    [{ ...good, mac: off(good.mac) }, 'another key'],
    [{ ...good, mac: '00' }, 'mac is not'],
    [{ ...good, iv: off(good.iv) }, 'another key'],
  ]
  for (const [value, why] of bad) {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    await expect(key.open(text), text).rejects.toThrow(why)
  }
  const upper = Object.entries(good).map(([name, digits]) => [name, `0x${digits.toUpperCase()}`])
  expect(await key.open(JSON.stringify(Object.fromEntries(upper)))).toBe('data')
  await expect((await sealKey('2')).open(JSON.stringify(good))).rejects.toBeInstanceOf(OpenError)
})

test('nothing and much are sealed alike', async () => {
  const key = await sealKey(generateSecret())
  for (const length of [0, 1, 15, 16, 17, 1 << 20]) {
    const text = 'x'.repeat(length)
    expect(await key.open(await key.seal(text))).toBe(text)
  }
})
