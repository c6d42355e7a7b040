// A stored session, byte for byte as `tenure-wire` writes it.

import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { decode, encode } from '../src/stored.js'

const written = new URL('../../../crates/tenure-wire/src/session/golden.txt', import.meta.url)
const texts = readFileSync(written, 'utf8').trimEnd().split('\n')

test.each(texts)('%s is read, and written again as it was', (text) => {
  const stored = decode(text)
  expect(stored && encode(stored)).toBe(text)
})
