// A page of an application, served from this machine: every path gives the page.

import { createServer } from 'node:http'

import { build } from 'esbuild'

const root = new URL('../../../', import.meta.url).pathname

/**
 * Bundles an entry of the tests' own and serves it, with a content policy if one is given;
 * `localhost` is a secure context.
 */
export async function startSite(
  entry,
  { host = 'localhost', port = 0, define = {}, policy } = {},
) {
  const bundle = await build({
    entryPoints: [new URL(`../pages/${entry}`, import.meta.url).pathname],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    alias: {
      '@tenure/client': `${root}packages/client/src/index.ts`,
      '@tenure/client/protocol': `${root}packages/client/src/protocol.ts`,
      '@tenure/react': `${root}packages/react/src/index.ts`,
      '@tenure/vue': `${root}packages/vue/src/index.ts`,
    },
    plugins: [sharedFrameworks],
    define,
    jsx: 'automatic',
    logLevel: 'error',
  })
  const script = bundle.outputFiles[0].text
  const server = createServer((request, response) => {
    if (policy) response.setHeader('content-security-policy', policy)
    if (request.url === '/app.js') {
      response.setHeader('content-type', 'text/javascript')
      response.end(script)
    } else if (request.url === '/blank') {
      response.setHeader('content-type', 'text/html')
      response.end('<!doctype html><title>blank</title>')
    } else {
      response.setHeader('content-type', 'text/html')
      response.end('<!doctype html><title>app</title><div id=root></div><script type=module src=/app.js></script>')
    }
  })
  await new Promise((resolve) => server.listen(port, host, resolve))
  return {
    url: `http://${host}:${server.address().port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  }
}

/** The packages here have a React and a Vue of their own, for their tests: a page has one. */
const sharedFrameworks = {
  name: 'shared frameworks',
  setup(build) {
    build.onResolve({ filter: /^(react|react-dom|vue)(\/|$)/ }, ({ path, importer, kind, pluginData }) => {
      if (pluginData === HERE || !importer.startsWith(`${root}packages/`)) return undefined
      return build.resolve(path, { kind, resolveDir: `${root}tests/browser`, pluginData: HERE })
    })
  },
}

const HERE = 'resolved from here'
