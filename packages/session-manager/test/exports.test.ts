/** Whoever changes the import finds every name of the original. */
import { fileURLToPath } from 'node:url'

import ts from 'typescript'
import { expect, test } from 'vitest'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const ours = at('../src/index.ts')
const original = at('../../node_modules/@toruslabs/session-manager/dist/lib.cjs/types/index.d.ts')

const program = ts.createProgram([ours, original], {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  skipLibCheck: true,
  noEmit: true,
})
const checker = program.getTypeChecker()

function exportsOf(path: string): ts.Symbol[] {
  const file = program.getSourceFile(path)
  const symbol = file && checker.getSymbolAtLocation(file)
  if (!symbol) throw new Error(`${path} is no module`)
  return checker
    .getExportsOfModule(symbol)
    .map((name) => (name.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(name) : name))
}

const names = (path: string): string[] =>
  exportsOf(path)
    .map(({ name, flags }) => `${flags & ts.SymbolFlags.Value ? 'value' : 'type'} ${name}`)
    .sort()

test('its exports are those of the original, and two types', () => {
  expect(names(original).length).toBeGreaterThan(25)
  expect(names(ours)).toEqual([...names(original), 'type AuthTokensAsSent', 'type Hex'].sort())
})

test('its classes have the members of the original’s', () => {
  const membersIn = (path: string, name: string): string[] => {
    const symbol = exportsOf(path).find((one) => one.name === name)
    const all = [...(symbol?.members?.values() ?? []), ...(symbol?.exports?.values() ?? [])]
    return all.filter(isOpen).map((member) => member.name)
  }
  const classes = exportsOf(original).filter(({ flags }) => flags & ts.SymbolFlags.Class)
  expect(classes.length).toBeGreaterThan(8)
  for (const { name } of classes) {
    const open = [...membersIn(ours, name), ...(inherited[name] ?? [])]
    for (const member of membersIn(original, name)) expect(open, name).toContain(member)
  }
})

function isOpen({ declarations = [] }: ts.Symbol): boolean {
  return !declarations.some((one) => ts.getCombinedModifierFlags(one) & ts.ModifierFlags.Private)
}

/** Members that a class has from one that it is built on. */
const inherited: Record<string, string[]> = {
  LocalStorageAdapter: ['get', 'set', 'remove'],
  SessionStorageAdapter: ['get', 'set', 'remove'],
  StorageManager: ['_sessionId'],
}
