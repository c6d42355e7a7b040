import { join } from 'node:path'
import { build, type Rolldown } from 'vite'
import { expect, it } from 'vitest'
import webpack from 'webpack'
import { makeProject } from './project.ts'
import { run } from './run.ts'

it('an application in React is built by Vite, without Vue, and runs', async () => {
  const project = await makeProject(['@tenure/client', '@tenure/react'], ['react', 'react-dom'])
  await project.write('index.html', '<div id="app"></div><script type="module" src="/page.jsx">')
  await project.write(
    'page.jsx',
    `import { app } from './app.jsx'
    import { hydrateRoot } from 'react-dom/client'
    hydrateRoot(document.getElementById('app'), app)`,
  )
  await project.write(
    'server.jsx',
    `import { app } from './app.jsx'
    import { renderToString } from 'react-dom/server'
    console.log(renderToString(app))`,
  )
  await project.write('app.jsx', REACT_APP)
  const quiet = { root: project.root, logLevel: 'error', configFile: false } as const
  const page = await build({ ...quiet, oxc: JSX })
  expectOnly(modulesOf(page), 'react', 'vue')
  const ssr = { ssr: 'server.jsx', outDir: 'server' }
  await build({ ...quiet, oxc: JSX, build: ssr, ssr: { noExternal: true } })
  expect(await run(project.root, 'node', join('server', 'server.mjs'))).toBe('<p>loading</p>wait\n')
})

it('a server is bundled with the hook of connect-session and one React, and runs', async () => {
  const ours = ['@tenure/client', '@tenure/connect-session']
  const project = await makeProject(ours, ['react', 'react-dom'])
  await project.write(
    'server.jsx',
    `import { ReapitConnectBrowserSession, useReapitConnect } from '@tenure/connect-session'
    import { useState } from 'react'
    import { renderToString } from 'react-dom/server'
    const session = new ReapitConnectBrowserSession({ connectOAuthUrl: '', connectClientId: 'a' })
    const Who = () => {
      const [word] = useState('nobody')
      return <p>{useReapitConnect(session).connectSession ? 'somebody' : word}</p>
    }
    console.log(renderToString(<Who />))`,
  )
  const ssr = { ssr: 'server.jsx', outDir: 'server' }
  const quiet = { root: project.root, logLevel: 'error', configFile: false } as const
  await build({ ...quiet, oxc: JSX, build: ssr, ssr: { noExternal: true } })
  expect(await run(project.root, 'node', join('server', 'server.mjs'))).toBe('<p>nobody</p>\n')
})

it('an application in Vue is built by webpack, without React, and runs', async () => {
  const project = await makeProject(['@tenure/client', '@tenure/vue'], ['vue', 'vue-router'])
  const entry = await project.write('app.js', VUE_APP)
  const stats = await bundle({
    mode: 'production',
    context: project.root,
    entry,
    output: { path: project.root, filename: 'bundle.cjs', publicPath: '' },
    performance: { hints: false },
    plugins: [new webpack.DefinePlugin(VUE_FLAGS)],
  })
  expectOnly(stats, 'vue', 'react')
  // What webpack makes for pages looks for its chunks there.
  await project.write('start.cjs', `globalThis.self = globalThis; require('./bundle.cjs')`)
  expect(await run(project.root, 'node', 'start.cjs')).toBe('<p>loading</p>wait\n')
})

it('a plain page is built by webpack, without either', async () => {
  const project = await makeProject(['@tenure/client'], [])
  const entry = await project.write('page.js', PLAIN_PAGE)
  const stats = await bundle({
    mode: 'production',
    context: project.root,
    entry,
    output: { path: project.root, filename: 'bundle.js' },
    performance: { hints: false },
  })
  expectOnly(stats, 'tenure', 'react')
  expectOnly(stats, 'tenure', 'vue')
})

it('a page with everything has one core, which its packages share', async () => {
  const ours = ['@tenure/client', '@tenure/connect-session', '@tenure/auth-connect']
  const project = await makeProject(ours, [])
  await project.write('index.html', '<script type="module" src="/page.js"></script>')
  await project.write('page.js', EVERYTHING)
  const quiet = { root: project.root, logLevel: 'error', configFile: false } as const
  const built = [await build(quiet)].flat() as Rolldown.RolldownOutput[]
  const chunks = built.flatMap(({ output }) => output).filter((part) => part.type === 'chunk')
  const cores = chunks.filter(({ code }) => code.includes(PACKED))
  expect(cores).toHaveLength(1)
  expect(cores[0]?.code.split(PACKED)).toHaveLength(2)
})

/** The modules hold one library and not the other. */
function expectOnly(modules: string[], own: string, other: string): void {
  const of = (name: string): string[] =>
    modules.filter((path) => new RegExp(`node_modules/@?${name}([/-]|$)`).test(path))
  expect(of(own)).not.toEqual([])
  expect(of(other)).toEqual([])
}

function modulesOf(built: Awaited<ReturnType<typeof build>>): string[] {
  const outputs = [built].flat() as Rolldown.RolldownOutput[]
  return outputs
    .flatMap(({ output }) => output)
    .flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []))
}

/** Builds with webpack and gives the paths of all modules; a warning is a failure. */
function bundle(configuration: webpack.Configuration): Promise<string[]> {
  return new Promise((resolve, reject) => {
    webpack(configuration, (failure, stats) => {
      if (failure || !stats) return reject(failure ?? new Error('webpack said nothing'))
      const { errors = [], warnings = [] } = stats.toJson({
        all: false,
        errors: true,
        warnings: true,
      })
      const faults = [...errors, ...warnings].map(({ message }) => message)
      if (faults.length > 0) return reject(new Error(faults.join('\n')))
      const modules = stats.toJson({ all: false, modules: true, nestedModules: true }).modules ?? []
      resolve(modules.flatMap(namesOf))
    })
  })
}

function namesOf({ name, modules = [] }: webpack.StatsModule): string[] {
  return [name ?? '', ...modules.flatMap(namesOf)]
}

/** How the packed core begins: gzip, in base64. */
const PACKED = 'H4sI'

const JSX = { jsx: { runtime: 'automatic' } } as const

const VUE_FLAGS = {
  __VUE_OPTIONS_API__: false,
  __VUE_PROD_DEVTOOLS__: false,
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: false,
}

const SESSION = `createSession({ issuer: 'http://127.0.0.1:9', clientId: 'a', storage: 'memory' })`

const REACT_APP = `
  import { createSession } from '@tenure/client'
  import { Protected, SessionProvider, SignedIn, useSession } from '@tenure/react'
  const Who = () => <p>{useSession().status}</p>
  export const app = (
    <SessionProvider session={${SESSION}}>
      <Who />
      <SignedIn>in</SignedIn>
      <Protected fallback="wait">secret</Protected>
    </SessionProvider>
  )`

const VUE_APP = `
  import { createSession } from '@tenure/client'
  import { Protected, sessionGuard, SignedIn, tenure, useSession } from '@tenure/vue'
  import { createSSRApp, h } from 'vue'
  import { createMemoryHistory, createRouter } from 'vue-router'
  import { renderToString } from 'vue/server-renderer'
  const session = ${SESSION}
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: {} }] })
  router.beforeEach(sessionGuard(session))
  const app = createSSRApp({
    setup() {
      const { status } = useSession()
      const slots = { default: () => 'secret', fallback: () => 'wait' }
      return () => [h('p', status.value), h(SignedIn, () => 'in'), h(Protected, null, slots)]
    },
  })
  app.use(router).use(tenure, { session })
  renderToString(app).then((html) => console.log(html.replace(/<!--.*?-->/g, '')))`

const EVERYTHING = `
  import { createSession } from '@tenure/client'
  import { ReapitConnectBrowserSession } from '@tenure/connect-session/browser'
  import { AuthConnect, OktaProvider } from '@tenure/auth-connect'
  globalThis.all = [createSession, ReapitConnectBrowserSession, AuthConnect, OktaProvider]`

const PLAIN_PAGE = `
  import { createSession } from '@tenure/client'
  const session = ${SESSION}
  document.querySelector('button').onclick = () => session.signIn()`
