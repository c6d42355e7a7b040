import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'

it.each([
  ['react/README.md', 'types/react/readme.tsx', 2],
  ['vue/README.md', 'types/vue/readme.ts', 1],
])('the code of %s is the code that is type-checked in %s', async (readme, file, count) => {
  const read = (path: string): Promise<string> =>
    readFile(join(import.meta.dirname, '..', path), 'utf8')
  const checked = await read(file)
  const blocks = [...(await read(readme)).matchAll(/```tsx?\n(.*?)```/gs)].map(([, code]) => code)
  expect(blocks).toHaveLength(count)
  for (const block of blocks) expect(checked).toContain(block)
})
