import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { describe, expect, inject, it } from 'vitest'
import { run } from './run.ts'

const packed = inject('packed')

describe.each(packed)('$name', ({ folder, tarball, files, entries }) => {
  const manifest = async (): Promise<Manifest> =>
    JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest

  it('holds what its manifest says, the licences, and no sources', async () => {
    const rest = files.filter((file) => !file.startsWith('dist/') && file !== 'README.md')
    // What reads no `exports` finds an entry by the folder of its name.
    const folders = entries.slice(1).map((entry) => join(entry, 'package.json'))
    const whole = ['LICENSE-APACHE', 'LICENSE-MIT', 'package.json', ...folders]
    expect(rest.sort()).toEqual(whole.sort())
    expect(entries).toContain('.')
  })

  it('passes publint', async () => {
    const bytes = await readFile(tarball)
    const content = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
    const { messages } = await publint({ pack: { tarball: content }, strict: true })
    const about = await manifest()
    expect(messages.map((message) => formatMessage(message, about))).toEqual([])
  })

  it('has the types that each way of importing it needs', async () => {
    await run(folder, ATTW, tarball, '--format', 'ascii', '--no-emoji')
  })

  it('depends on nothing but peers', async () => {
    expect((await manifest()).dependencies).toBeUndefined()
  })
})

interface Manifest {
  dependencies?: Record<string, string>
}

const ATTW = join(import.meta.dirname, '../node_modules/.bin/attw')
