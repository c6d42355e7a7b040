// Programs of the documents, each in a folder of its own.

import { spawn } from 'node:child_process'
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { build } from 'esbuild'

import { later } from './later.js'

const root = new URL('../../../', import.meta.url).pathname
const built = `${root}target/debug`
export const TENURE = process.env.TENURE_BIN ?? `${built}/tenure`
const EXAMPLE = process.env.TENURE_EXAMPLE ?? `${built}/examples/first`
const MAPPED_FETCH = new URL('./mapped_fetch.mjs', import.meta.url).pathname

/** A folder that is gone after the test. */
export async function folderFor(t) {
  const folder = await mkdtemp(join(tmpdir(), 'tenure-readme-'))
  later(t, () => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Starts a program; what it prints is seen as it comes. */
export function start(t, program, args, { cwd, env }) {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env } })
  const printed = { out: '', err: '' }
  child.stdout.on('data', (part) => (printed.out += part))
  child.stderr.on('data', (part) => (printed.err += part))
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  ended.catch(() => undefined)
  later(t, async () => {
    child.kill()
    await ended.catch(() => undefined)
  })
  return { printed, ended }
}

/**
 * Runs a shell's lines. Building is what came before this test, and the browser that is opened is the
 * test's: whatever else the lines name is the real thing.
 */
export async function startShell(t, lines, env) {
  const cwd = await folderFor(t)
  const stand = async (name, text) => {
    await writeFile(join(cwd, name), `#!/bin/sh\n${text}\n`)
    await chmod(join(cwd, name), 0o755)
  }
  await stand('cargo', `mkdir -p target/debug && ln -s '${TENURE}' target/debug/tenure`)
  await stand('xdg-open', `echo "$1" > '${cwd}/opened'`)
  const own = { ...env, PATH: `${cwd}:${process.env.PATH}`, TENURE_HOME: join(cwd, 'home') }
  const shell = start(t, 'bash', ['-euo', 'pipefail', '-c', lines], { cwd, env: own })
  return { ...shell, opened: join(cwd, 'opened'), cwd, env: own }
}

/** The program of the README in Rust, built before. */
export function startExample(t, cwd, env) {
  return start(t, EXAMPLE, [], { cwd, env })
}

/** A program in Node, with the package as its source is. */
export async function startNode(t, code, { servers, env }) {
  const cwd = await folderFor(t)
  await build({
    stdin: { contents: code, loader: 'ts', resolveDir: cwd },
    outfile: join(cwd, 'program.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    alias: { '@tenure/client/node': `${root}packages/client/src/node.ts` },
    logLevel: 'error',
  })
  const args = ['--import', MAPPED_FETCH, 'program.mjs']
  return start(t, process.execPath, args, {
    cwd,
    env: { ...env, SERVERS: JSON.stringify(servers) },
  })
}
