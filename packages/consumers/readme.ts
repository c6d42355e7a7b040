import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'

/** The block of code in the README of connect-session that has `part` in it. */
export async function fromReadme(part: string): Promise<string> {
  const readme = join(import.meta.dirname, '../connect-session/README.md')
  const blocks = (await readFile(readme, 'utf8')).matchAll(/^ *```[jt]s\n(.*?)^ *```/gms)
  const found = [...blocks].filter(([, code]) => code?.includes(part))
  expect(found).toHaveLength(1)
  return found[0]?.[1] ?? ''
}
