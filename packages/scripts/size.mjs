// Prints what a page downloads, minified and compressed, beside the budget, and fails above it.
// What is loaded only when it is needed (sign-in, IndexedDB) has rows of its own; the drop-ins,
// which bring their own storage and sign-in, load none of it.
// The packages of others are bundled in the same run and the same way, for comparison.
import { basename } from 'node:path'
import { gzipSync } from 'node:zlib'

import { build } from 'esbuild'

const KB = 1024

const NOTHING = /^\0/
const CORE = /\/core\/(core|module)\.js$/

/** What is ours: the code of an entry, what is left out of it, and the most it may be. */
const OURS = [
  {
    name: 'core: WebAssembly and its glue',
    code: `export { default, Holder, oidc } from './client/src/core/core.js'
           export { default as packed } from './client/src/core/module.js'`,
    budget: 40 * KB,
  },
  {
    name: '@tenure/client: the driver at the start',
    code: `export * from './client/src/index.ts'`,
    external: CORE,
    lazy: 'left out',
    files: 'each later one, too',
    budget: 8 * KB,
  },
  {
    name: '@tenure/client: the driver and its usual storage',
    code: `export * from './client/src/index.ts'
           export * from './client/src/storage/indexed_db.ts'`,
    external: CORE,
    lazy: 'left out',
    budget: 8.75 * KB,
  },
  {
    name: '@tenure/client: the driver with all of it',
    code: `export * from './client/src/index.ts'`,
    external: CORE,
  },
  {
    name: 'sealing: WebAssembly, its glue and the cipher',
    code: `export * from './session-manager/src/seal/index.ts'`,
    budget: 32 * KB,
  },
  { name: '@tenure/react', code: `export * from '@tenure/react'`, budget: 2 * KB },
  { name: '@tenure/vue', code: `export * from '@tenure/vue'`, budget: 2 * KB },
  {
    name: '@tenure/connect-session beside the client',
    code: `export * from '@tenure/connect-session'`,
  },
  { name: '@tenure/auth-connect beside the client', code: `export * from '@tenure/auth-connect'` },
  {
    name: '@tenure/session-manager beside the client',
    code: `export * from '@tenure/session-manager'`,
    lazy: 'left out',
  },
  {
    name: 'a page at its start: driver and core',
    code: `export { createSession } from '@tenure/client'`,
    external: NOTHING,
    lazy: 'left out',
    budget: 48 * KB,
  },
  {
    name: 'a page that used everything',
    code: `export { createSession } from '@tenure/client'`,
    external: NOTHING,
  },
  {
    name: 'a page of @tenure/connect-session',
    code: `export { ReapitConnectBrowserSession } from '@tenure/connect-session/browser'`,
    external: NOTHING,
    lazy: 'left out',
  },
  {
    name: 'a page of @tenure/auth-connect',
    code: `export * from '@tenure/auth-connect'`,
    external: NOTHING,
    lazy: 'left out',
  },
  {
    name: 'a page of @tenure/session-manager',
    code: `export * from '@tenure/session-manager'`,
    external: NOTHING,
  },
]

const OTHERS = [
  ['oidc-client-ts', `export { UserManager } from 'oidc-client-ts'`],
  ['@auth0/auth0-spa-js', `export { createAuth0Client } from '@auth0/auth0-spa-js'`],
  ['keycloak-js', `export { default } from 'keycloak-js'`],
  [
    '@reapit/connect-session',
    `export { ReapitConnectBrowserSession } from '@reapit/connect-session'`,
  ],
  [
    '@toruslabs/session-manager',
    `export { AuthSessionManager, StorageManager } from '@toruslabs/session-manager'`,
  ],
]

/** What an application has anyway. */
const SHARED = /^(react|react-dom|vue|vue-router|@tenure\/client)(\/|$)/

const rows = []
for (const { name, code, external = SHARED, lazy, budget, files } of OURS) {
  rows.push({ name, bytes: await size(code, external, lazy), budget })
  if (files) rows.push(...(await later(code, external)))
}
for (const [name, code] of OTHERS) rows.push({ name, bytes: await size(code, SHARED) })

for (const { name, bytes, budget } of rows) {
  const kilobytes = (bytes / KB).toFixed(2).padStart(7)
  const verdict = budget === undefined ? '' : verdictOn(bytes, budget)
  console.log(`${name.padEnd(48)} ${kilobytes} KB  ${verdict}`.trimEnd())
}
if (rows.some(({ bytes, budget }) => bytes > (budget ?? Number.POSITIVE_INFINITY))) {
  console.error('a package is above its budget')
  process.exitCode = 1
}

function verdictOn(bytes, budget) {
  const most = `of ${budget / KB} KB`
  return bytes > budget ? `${most}  ABOVE ITS BUDGET` : most
}

/** Bytes of a bundle after minifying and gzip, all in one file. */
async function size(code, external, lazy) {
  const { outputFiles } = await build({ ...options(code), plugins: [leaveOut(external, lazy)] })
  return compressed(outputFiles[0])
}

/** The files that a page loads when it needs them, each by itself. */
async function later(code, external) {
  const { outputFiles, metafile } = await build({
    ...options(code),
    splitting: true,
    metafile: true,
    outdir: 'out',
    plugins: [leaveOut(external)],
  })
  return Object.entries(metafile.outputs).flatMap(([path, { entryPoint = '<stdin>' }]) => {
    if (entryPoint === '<stdin>') return []
    const file = outputFiles.find((file) => file.path.endsWith(path))
    return { name: `  later: ${basename(entryPoint)}`, bytes: compressed(file) }
  })
}

function options(code) {
  return {
    stdin: { contents: code, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['browser', 'import', 'module'],
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    legalComments: 'none',
    logLevel: 'error',
  }
}

function compressed({ contents }) {
  return gzipSync(contents, { level: 9 }).length
}

function leaveOut(pattern, lazy) {
  return {
    name: 'leave out',
    setup(build) {
      build.onResolve({ filter: /./ }, ({ path, kind }) =>
        (kind === 'dynamic-import' && lazy === 'left out') ||
        (kind !== 'entry-point' && pattern.test(path))
          ? { path, external: true }
          : undefined,
      )
    },
  }
}
