// The README names everything that there is.

import { readFileSync } from 'node:fs'

import { describe, expect, test } from 'vitest'

import * as protocol from '../src/protocol.js'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const readme = read('../README.md')
const types = read('../src/types.ts') + read('../src/error_code.ts')

const body = (head: string): string => types.split(head)[1]?.split('\n\n')[0] ?? ''
const members = (head: string): string[] =>
  [...body(head).matchAll(/^ {2}(\w+)\??:/gm)].map(([, name = '']) => name)
const named = (head: string): string[] =>
  [...body(head).matchAll(/'(\w+)'/g)].map(([, name = '']) => name)

describe.each([
  ['option', members('export interface SessionOptions ')],
  ['event', members('export interface SessionEvents ')],
  ['error code', named('export type ErrorCode ')],
  ['storage', named('export type StorageName ')],
  ['reason', named('export type SignedOutReason ')],
  ['function of the protocol', Object.keys(protocol)],
])('every %s is in the README:', (_, names) => {
  test('there are some', () => expect(names.length).toBeGreaterThan(4))
  test.each(names)('%s', (name) => expect(readme).toContain(`\`${name}\``))
})
