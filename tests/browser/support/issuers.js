// The issuers that a session in a browser has to get along with.

import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { firstLine, stop } from './processes.js'
import { startTenure } from './server.js'

const peers = new URL('../../peers/', import.meta.url).pathname

/** Each with what it takes to start it; `refreshes` counts how often it was asked and refused. */
export const ISSUERS = [
  { name: 'tenure', start: startOwn },
  { name: 'oidc-provider', start: startProvider },
]

async function startOwn(accessTokenTtl) {
  const tenure = await startTenure({ accessTokenTtl })
  return {
    url: tenure.url,
    userinfo: `${tenure.url}/userinfo`,
    async refreshes() {
      const { rotated, ...others } = await tenure.refreshes()
      return { granted: rotated, other: Object.values(others).reduce((sum, one) => sum + one, 0) }
    },
    stop: () => tenure.stop(),
  }
}

/** npm's `oidc-provider`, which rotates refresh tokens and answers no question twice. */
async function startProvider(accessTokenTtl) {
  const folder = await mkdtemp(join(tmpdir(), 'tenure-provider-'))
  const port = await freePort()
  const args = ['provider.mjs', String(port), join(folder, 'state.json'), String(accessTokenTtl)]
  const child = spawn(process.execPath, args, { cwd: peers, stdio: ['ignore', 'pipe', 'ignore'] })
  await firstLine(child, /^ready$/)
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    userinfo: `${url}/me`,
    async refreshes() {
      const counts = await (await fetch(`${url}/counts`)).json()
      const of = (name) => counts[`${name}:refresh_token`] ?? 0
      return { granted: of('granted'), other: of('refused') }
    },
    async stop() {
      await stop(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function freePort() {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}
