import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, inject, it } from 'vitest'

const packed = inject('packed')

const FRAMEWORKS = ['react', 'vue']

/** Every entry, and what it must not be of. */
const entries = packed.flatMap(({ name, folder, entries }) =>
  entries.map((entry) => {
    const specifier = `${name}${entry.slice(1)}`
    const foreign = FRAMEWORKS.filter((framework) => !isOf(specifier, framework))
    return { specifier, folder, foreign }
  }),
)

it.each(entries)('$specifier loads nothing of $foreign', async ({ specifier, folder, foreign }) => {
  const entry = createRequire(join(folder, 'package.json')).resolve(specifier)
  for (const file of [entry, entry.replace(/\.cjs$/, '.js')]) {
    const loaded = await loadedBy(file)
    const of = (framework: string): string[] =>
      loaded.filter((path) => new RegExp(`^@?${framework}($|[-/])`).test(path))
    for (const framework of FRAMEWORKS) {
      if (foreign.includes(framework)) expect(of(framework)).toEqual([])
      // So that it is known to see what it looks for.
      else expect(of(framework)).not.toEqual([])
    }
  }
})

it.each([
  ['@tenure/react', /vue/i],
  ['@tenure/vue', /react(?!iv)/i],
])('the tarball of %s says nothing of %s', async (name, foreign) => {
  const { folder } = packed.find((one) => one.name === name) ?? { folder: '' }
  const dist = (await readdir(join(folder, 'dist'))).map((file) => join('dist', file))
  for (const file of [...dist, 'package.json', 'README.md']) {
    const text = await readFile(join(folder, file), 'utf8')
    expect(text.match(foreign)?.[0], `${name}/${file}`).toBeUndefined()
  }
})

/** What one framework is for has its name; the button and the hook of one replacement are React. */
function isOf(specifier: string, framework: string): boolean {
  const replacement = specifier === '@tenure/connect-session' && framework === 'react'
  return replacement || specifier.split('/').includes(framework)
}

/** The packages that a file imports, itself or by the files beside it. */
async function loadedBy(file: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [file],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
    outdir: 'out',
  })
  return Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path))
}
