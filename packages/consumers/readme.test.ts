import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'

it.each([
  [
    'react/README.md',
    ['react/readme_app.tsx', 'react/readme_router.tsx', 'react/readme_callback.tsx'],
  ],
  ['vue/README.md', ['vue/readme.ts']],
])('the code of %s is the code that is type-checked in %s', async (readme, files) => {
  const read = (path: string): Promise<string> =>
    readFile(join(import.meta.dirname, '..', path), 'utf8')
  const checked = await Promise.all(files.map((file) => read(join('types', file))))
  const blocks = [...(await read(readme)).matchAll(/```tsx?\n(.*?)```/gs)].map(([, code]) => code)
  expect(blocks).toHaveLength(files.length)
  blocks.forEach((block, at) => expect(checked[at]).toContain(block))
})
