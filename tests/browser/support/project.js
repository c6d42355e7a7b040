// An application of a few files, as somebody writes it who follows a document: built by Vite, served.

import { createReadStream, existsSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, extname, join } from 'node:path'

import react from '@vitejs/plugin-react'
import vue from '@vitejs/plugin-vue'
import { build } from 'vite'

const modules = new URL('../node_modules', import.meta.url).pathname
const packages = process.env.TENURE_PACKAGES ?? new URL('../../../packages', import.meta.url).pathname

/** Builds `files`, a text by name, whose `index.html` is that of Vite's templates if there is none. */
export async function startProject(files, { base = '/' } = {}) {
  const root = await mkdtemp(join(tmpdir(), 'tenure-readme-'))
  const [main] = Object.keys(files)
  const mount = /vue'/.test(files[main]) ? 'app' : 'root'
  const page = `<!doctype html><title>shop</title><div id="${mount}"></div>
<script type="module" src="/${main}"></script>`
  for (const [name, text] of Object.entries({ 'index.html': page, ...files })) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), text)
  }
  await symlink(modules, join(root, 'node_modules'), 'dir')
  await build({ ...settings(root), base })
  return { ...(await serve(join(root, 'dist'), base)), root }
}

/** Serves a page that nobody builds, beside the packages as they are installed. */
export async function startPage(page) {
  const root = await mkdtemp(join(tmpdir(), 'tenure-readme-'))
  await mkdir(join(root, 'dist/node_modules/@tenure'), { recursive: true })
  const installed = join(root, 'dist/node_modules/@tenure/connect-session')
  await symlink(`${packages}/connect-session`, installed, 'dir')
  await writeFile(join(root, 'dist/index.html'), page)
  return serve(join(root, 'dist'), '/')
}

function settings(root) {
  return {
    root,
    configFile: false,
    envFile: false,
    logLevel: 'error',
    plugins: [react(), vue()],
    resolve: {
      // The packages have frameworks of their own, for their tests.
      dedupe: ['react', 'react-dom', 'react-router', 'vue', 'vue-router'],
      alias: [
        { find: /^@tenure\/([\w-]+)$/, replacement: `${packages}/$1/src/index.ts` },
        { find: /^@tenure\/([\w-]+)\/(\w+)$/, replacement: `${packages}/$1/src/$2.ts` },
      ],
    },
    build: { target: 'es2022', emptyOutDir: true },
  }
}

/** Serves a folder below a path; an address without a file is the application's own. */
async function serve(folder, base) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost')
    const file = join(folder, pathname.startsWith(base) ? pathname.slice(base.length) : 'none')
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
      await rm(dirname(folder), { recursive: true, force: true })
    },
  }
}

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }
