import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { inject, onTestFinished } from 'vitest'
import { npm } from './run.ts'

/** A project of its own, as a user of the packages has it. */
export interface Project {
  root: string
  write(name: string, text: string): Promise<string>
}

/**
 * Makes a project that has installed the tarballs of the packages `tenure`, beside the programs
 * and libraries `others`, which are those of this workspace. It is gone after the test.
 */
export async function makeProject(tenure: string[], others: string[]): Promise<Project> {
  const root = await mkdtemp(join(tmpdir(), 'tenure-consumer-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const tarballs = inject('packed').filter(({ name }) => tenure.includes(name))
  const dependencies = Object.fromEntries(
    tarballs.map(({ name, tarball }) => [name, `file:${tarball}`]),
  )
  const manifest = (all: object): string =>
    JSON.stringify({ name: 'consumer', private: true, dependencies: all })
  await writeFile(join(root, 'package.json'), manifest(dependencies))
  // The peers are linked, not downloaded; npm says below whether they are there and fit.
  await npm(root, 'install', '--legacy-peer-deps')
  for (const name of others) {
    const link = join(root, 'node_modules', name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(join(import.meta.dirname, '../node_modules', name), link, 'dir')
    Object.assign(dependencies, { [name]: '*' })
  }
  await writeFile(join(root, 'package.json'), manifest(dependencies))
  await npm(root, 'ls')
  return {
    root,
    async write(name, text) {
      const path = join(root, name)
      await writeFile(path, text)
      return path
    },
  }
}
