// `tenure dev` on a port of its own, with its data in a folder of its own.

import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { firstLine, stop } from './processes.js'

const root = new URL('../../../', import.meta.url).pathname

/** The program under test. */
export const tenureBinary = () => process.env.TENURE_BIN ?? join(root, 'target/debug/tenure')

/** Starts the server; `accessTokenTtl` in seconds, `env` on top of the test's own. */
export async function startTenure({
  accessTokenTtl = 300,
  listen = '127.0.0.1:0',
  data,
  env,
} = {}) {
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'tenure-browser-')))
  const args = ['dev', '--listen', listen, '--data', folder]
  args.push('--access-token-ttl', String(accessTokenTtl))
  const stdio = ['ignore', 'pipe', 'inherit']
  const child = spawn(tenureBinary(), args, { stdio, env: { ...process.env, ...env } })
  const ready = await firstLine(child, /Tenure is ready: (\S+)/)
  const url = ready[1].replace(/\/$/, '')
  return {
    url,
    folder,
    async metric(name) {
      const text = await (await fetch(`${url}/metrics`)).text()
      const line = text.split('\n').find((line) => line.startsWith(`${name} `))
      return line ? Number(line.slice(name.length + 1)) : 0
    },
    async refreshes() {
      const of = (outcome) => this.metric(`tenure_refresh_total{outcome="${outcome}"}`)
      return {
        rotated: await of('rotated'),
        repeated: await of('repeated'),
        superseded: await of('superseded'),
        reused: await of('reused'),
        refused: await of('refused'),
      }
    },
    async stop({ keep = false } = {}) {
      await stop(child)
      if (!keep) await rm(folder, { recursive: true, force: true })
    },
  }
}
