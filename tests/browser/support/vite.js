// An application under `apps/`, built by Vite as its developers build it, and served.

import { createReadStream, existsSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'

import react from '@vitejs/plugin-react'
import vue from '@vitejs/plugin-vue'
import { build } from 'vite'

const here = new URL('..', import.meta.url).pathname
const packages = new URL('../../../packages/', import.meta.url).pathname

/**
 * Builds an application for an issuer and serves it; its API is behind `/api`. What is in `written` is
 * replaced in its code, as somebody would write it otherwise.
 */
export async function startVite(name, issuer, written = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'tenure-vite-'))
  const root = join(here, 'apps', name)
  await build({
    root,
    configFile: false,
    envFile: false,
    logLevel: 'error',
    plugins: [rewriting(root, written), react(), vue()],
    define: { 'import.meta.env.VITE_ISSUER': JSON.stringify(issuer.url) },
    resolve: {
      // The packages have a React and a Vue of their own, for their tests.
      dedupe: ['react', 'react-dom', 'vue', 'vue-router'],
      alias: [
        { find: /^@\//, replacement: `${root}/src/` },
        { find: /^@tenure\/auth-connect$/, replacement: `${packages}auth-connect/src/index.ts` },
        { find: /^@tenure\/auth-connect\/(\w+)$/, replacement: `${packages}auth-connect/src/$1.ts` },
        { find: /^@tenure\/client$/, replacement: `${packages}client/src/index.ts` },
        { find: /^@tenure\/client\/protocol$/, replacement: `${packages}client/src/protocol.ts` },
      ],
    },
    build: { outDir: folder, emptyOutDir: true, target: 'es2022' },
  })
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost')
    if (pathname.startsWith('/api/')) return void api(issuer, request, response)
    const file = join(folder, pathname)
    const found = existsSync(file) && statSync(file).isFile() ? file : join(folder, 'index.html')
    response.setHeader('content-type', TYPES[extname(found)] ?? 'application/octet-stream')
    createReadStream(found).pipe(response)
  })
  await new Promise((resolve) => server.listen(0, 'localhost', resolve))
  return {
    url: `http://localhost:${server.address().port}`,
    async stop() {
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function rewriting(root, written) {
  return {
    name: 'rewriting',
    enforce: 'pre',
    transform: (code, id) =>
      id.startsWith(root)
        ? Object.entries(written).reduce((code, [here, other]) => code.replaceAll(here, other), code)
        : undefined,
  }
}

/** An API that lets in whom the issuer knows. */
async function api(issuer, request, response) {
  const { authorization = '' } = request.headers
  const userinfo = issuer.userinfo ?? `${issuer.url}/userinfo`
  const answer = await fetch(userinfo, { headers: { authorization } })
  response.writeHead(answer.status, { 'content-type': 'application/json' })
  response.end(answer.ok ? await answer.text() : '{}')
}

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }
