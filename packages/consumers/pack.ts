import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { npm } from './run.ts'

/** A package of this workspace, packed as it would be published. */
export interface Packed {
  name: string
  /** Its folder in the workspace. */
  folder: string
  /** What can be imported: `.`, `./node`, … */
  entries: string[]
  tarball: string
  files: string[]
}

declare module 'vitest' {
  interface ProvidedContext {
    packed: Packed[]
  }
}

/** Packs every package once, for all tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'tenure-packed-'))
  project.provide('packed', await packAll(folder))
  return () => rm(folder, { recursive: true })
}

async function packAll(destination: string): Promise<Packed[]> {
  const { workspaces } = (await json(join(WORKSPACE, 'package.json'))) as { workspaces: string[] }
  const published: (Omit<Packed, 'tarball' | 'files'> & { at: string })[] = []
  for (const at of workspaces) {
    const folder = join(WORKSPACE, at)
    const manifest = (await json(join(folder, 'package.json'))) as Manifest
    if (manifest.private) continue
    if (!existsSync(join(folder, 'dist'))) {
      throw new Error(`${manifest.name} is not built: run cargo xtask packages`)
    }
    const entries = Object.keys(manifest.exports).filter((name) => name !== './package.json')
    published.push({ name: manifest.name, folder, entries, at })
  }
  const chosen = published.map(({ at }) => `--workspace=${at}`)
  const said = await npm(
    WORKSPACE,
    'pack',
    '--json',
    `--pack-destination=${destination}`,
    ...chosen,
  )
  const packed = JSON.parse(said) as { name: string; filename: string; files: { path: string }[] }[]
  return published.map(({ at: _, ...about }) => {
    const found = packed.find(({ name }) => name === about.name)
    if (!found) throw new Error(`npm did not pack ${about.name}`)
    const files = found.files.map(({ path }) => path)
    return { ...about, tarball: join(destination, found.filename), files }
  })
}

interface Manifest {
  name: string
  private?: boolean
  exports: Record<string, unknown>
}

async function json(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'))
}

const WORKSPACE = join(import.meta.dirname, '..')
