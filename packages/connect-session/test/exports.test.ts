// Whoever changes the import finds every name of the original.

import { fileURLToPath } from 'node:url'

import ts from 'typescript'
import { expect, test } from 'vitest'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const modules = '../../node_modules/@reapit'
const ours = at('../src/index.ts')
const original = at(`${modules}/connect-session/dist/cjs/index.d.ts`)
const older = at(`${modules}/connect-session-4/dist/index.d.ts`)

const program = ts.createProgram([ours, original, older], {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  skipLibCheck: true,
  noEmit: true,
})
const checker = program.getTypeChecker()

/** What a module exports, and whether there is a value under that name. */
function names(path: string): string[] {
  const file = program.getSourceFile(path)
  const symbol = file && checker.getSymbolAtLocation(file)
  if (!symbol) throw new Error(`${path} is no module`)
  return checker
    .getExportsOfModule(symbol)
    .map((name) => (name.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(name) : name))
    .map(({ name, flags }) => `${flags & ts.SymbolFlags.Value ? 'value' : 'type'} ${name}`)
    .sort()
}

test('its exports are those of version 6 and the two for programs of version 4', () => {
  const server = names(older).filter((name) => name.includes('ServerSession'))
  expect(server).toHaveLength(2)
  expect(names(original).length).toBeGreaterThan(10)
  expect(names(ours)).toEqual([...names(original), ...server].sort())
})

test('its class has the members and constants of the original', async () => {
  const { ReapitConnectBrowserSession: Ours } = await import('../src/index.ts')
  const file = program.getSourceFile(original)
  const module = file && checker.getSymbolAtLocation(file)
  const all = module ? checker.getExportsOfModule(module) : []
  const symbol = all.find(({ name }) => name === 'ReapitConnectBrowserSession')
  const constants = [...(symbol?.exports?.keys() ?? [])].map(String)
  expect(constants).toContain('REFRESH_TOKEN_KEY')
  for (const name of constants) if (name !== 'prototype') expect(Ours).toHaveProperty(name)
  const members = [...(symbol?.members?.keys() ?? [])].map(String)
  const open = members.filter((name) => /^connect[A-Z]/.test(name) && !PRIVATE.includes(name))
  expect(open).toContain('connectSession')
  for (const name of open) expect(Object.keys(describe(Ours.prototype))).toContain(name)
})

const describe = (of: object): object => Object.getOwnPropertyDescriptors(of)

/** Members that its declarations call private. */
const PRIVATE = [
  'connectOAuthUrl',
  'connectClientId',
  'connectLoginRedirectPath',
  'connectLogoutRedirectPath',
  'connectApplicationTimeout',
  'connectClockSkewAllowance',
  'connectBindPublicMethods',
  'connectGetSession',
]
