import { existsSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { makeProject } from './project.ts'
import { fromReadme } from './readme.ts'
import { run, runIn } from './run.ts'

// What applications still have: runners and bundlers that know a package by its files alone, and
// pages without much of what a browser has.

const names = inject('packed').map(({ name }) => name)
const specifiers = inject('packed').flatMap(({ name, entries }) =>
  entries.map((entry) => `${name}${entry.slice(1)}`),
)
/** Those of pages: the one for Node alone has no place in the tests of a page. */
const ofPages = specifiers.filter((name) => !name.endsWith('/node'))
/** Vue 3 itself is not made for webpack 4. */
const ofReact = ofPages.filter((name) => !name.includes('vue'))
const peers = ['react', 'vue', 'vue-router', '@vue/runtime-dom']

beforeAll(() => {
  const installed = existsSync(join(OLDER, 'node_modules/jest-27'))
  if (!installed) throw new Error(`the older toolchains are missing: run npm ci in ${OLDER}`)
})

describe.each([
  ['jest 27', 'jest-27', 'jsdom'],
  ['jest 29', 'jest-29', 'jest-environment-jsdom-29'],
  ['jest 30', 'jest-30', 'jest-environment-jsdom-30'],
])('%s with jsdom', (_, jest, environment) => {
  it('loads every entry, and doubles by itself', async () => {
    const project = await makeProject(names, peers)
    await project.write('entries.test.js', ENTRIES)
    await project.write('doubled.test.js', DOUBLED)
    await project.write('readme.test.js', await fromReadme('jest.mock('))
    const at = environment === 'jsdom' ? environment : tools.resolve(environment)
    const cacheDirectory = join(project.root, '.cache')
    const settings = { rootDir: project.root, testEnvironment: at, transform: {}, cacheDirectory }
    await project.write('jest.config.json', JSON.stringify(settings))
    const program = join(OLDER, 'node_modules', jest, 'bin/jest.js')
    const how = ['--config', 'jest.config.json', '--runInBand', '--json']
    const { numPassedTests, numTotalTests } = JSON.parse(
      await run(project.root, 'node', program, ...how),
    ) as { numPassedTests: number; numTotalTests: number }
    expect(numPassedTests).toBe(ofPages.length + 4)
    expect(numTotalTests).toBe(numPassedTests)
  })
})

it('webpack 4 with babel, as the README has it, builds every entry, and what it built runs', async () => {
  const project = await makeProject(names, ['react'])
  await project.write('page.js', PAGE)
  await project.write('webpack.config.js', await fromReadme('babel-loader'))
  await project.write('webpack.cjs', WEBPACK)
  await symlink(
    join(OLDER, 'node_modules/@babel'),
    join(project.root, 'node_modules/@babel'),
    'dir',
  )
  const { NODE_OPTIONS = '' } = process.env
  // It hashes with MD4, which OpenSSL 3 calls legacy.
  const legacy = { NODE_OPTIONS: `${NODE_OPTIONS} --openssl-legacy-provider` }
  await runIn(legacy, project.root, 'node', 'webpack.cjs')
  const printed = await run(project.root, 'node', 'built.js')
  expect(printed).toBe('signed_out false\n')
})

it('TypeScript finds the types of every entry under moduleResolution node', async () => {
  const project = await makeProject(names, [...peers, '@types/react', '@types/node'])
  await project.write('main.ts', typed())
  expect(await run(project.root, 'node', TSC, ...NODE_10, 'main.ts')).toBe('')
})

/** Every entry, and a few of its types where they fit and where they do not. */
function typed(): string {
  const all = specifiers.map((name, at) => `import * as all${at} from '${name}'`)
  const used = specifiers.map((_, at) => `all${at}`)
  return `${all.join('\n')}
    import { ReapitConnectBrowserSession } from '@tenure/connect-session/browser'
    import { ReapitConnectServerSession } from '@tenure/connect-session/server'
    import type { Session } from '@tenure/client/node'
    export const status = (session: Session): string => session.snapshot().status
    export const session: Promise<{ accessToken: string } | void> =
      new ReapitConnectBrowserSession({ connectOAuthUrl: '', connectClientId: '' }).connectSession()
    // @ts-expect-error it is a class, and no number
    export const number: number = new ReapitConnectServerSession({} as never)
    export default [${used.join(', ')}]`
}

const OLDER = join(import.meta.dirname, 'older')
const tools = createRequire(join(OLDER, 'package.json'))

const TSC = join(import.meta.dirname, '../node_modules/typescript/bin/tsc')
const NODE_10 = [
  ['--moduleResolution', 'node10', '--ignoreDeprecations', '6.0', '--module', 'commonjs'],
  ['--target', 'es2022', '--strict', '--noEmit', '--skipLibCheck', '--types', 'node'],
].flat()

const ENTRIES = `
  test.each(${JSON.stringify(ofPages)})('%s loads', (name) => {
    expect(Object.keys(require(name))).not.toEqual([])
  })

  test('a session can be made, and watched', () => {
    const { ReapitConnectBrowserSession } = require('@tenure/connect-session')
    const session = new ReapitConnectBrowserSession({
      connectOAuthUrl: 'https://connect.example',
      connectClientId: 'client-1',
    })
    const login = jest.spyOn(session, 'connectLoginRedirect').mockImplementation(() => undefined)
    session.connectLoginRedirect('/there')
    expect(login).toHaveBeenCalledWith('/there')
    expect(session.connectHasSession).toBe(false)
  })

  test('what this page has not is named', async () => {
    const { createSession } = require('@tenure/client')
    const session = createSession({ issuer: 'https://connect.example', clientId: 'client-1' })
    const failure = await session.accessToken().catch((cause) => cause)
    expect(failure.code).toBe('misconfigured')
    expect(failure.message).toMatch(/TextDecoder/)
  })`

const DOUBLED = `
  jest.mock('@tenure/connect-session')
  test('its classes are doubled without a factory', () => {
    const { ReapitConnectBrowserSession, useReapitConnect } = require('@tenure/connect-session')
    const session = new ReapitConnectBrowserSession()
    session.connectSession.mockResolvedValue(undefined)
    expect(jest.isMockFunction(useReapitConnect)).toBe(true)
  })`

const PAGE = `
  ${ofReact.map((name, at) => `import * as all${at} from '${name}'`).join('\n')}
  window.all = [${ofReact.map((_, at) => `all${at}`).join(', ')}]
  import { createSession } from '@tenure/client'
  import { ReapitConnectBrowserSession } from '@tenure/connect-session'
  const old = new ReapitConnectBrowserSession({ connectOAuthUrl: '', connectClientId: 'a' })
  const session = createSession({ issuer: 'http://127.0.0.1:9', clientId: 'a', storage: 'memory' })
  session.ready().then(({ status }) => console.log(status, old.connectHasSession))`

const WEBPACK = `
  const tools = require('node:module').createRequire(${JSON.stringify(join(OLDER, 'package.json'))})
  const webpack = tools('webpack-4')
  webpack(
    {
      ...require('./webpack.config.js'),
      // What minifies is not of interest here, and takes most of the time.
      mode: 'development',
      devtool: false,
      context: __dirname,
      entry: './page.js',
      output: { path: __dirname, filename: 'built.js', globalObject: 'globalThis' },
      resolveLoader: { modules: [${JSON.stringify(join(OLDER, 'node_modules'))}] },
      // One file, so that it runs without a page that could load others.
      plugins: [
        new webpack.optimize.LimitChunkCountPlugin({ maxChunks: 1 }),
        new webpack.BannerPlugin({ raw: true, banner: 'globalThis.window = globalThis;' }),
      ],
    },
    (failure, stats) => {
      const { errors, warnings } = failure ? { errors: [failure], warnings: [] } : stats.toJson()
      if (errors.length + warnings.length === 0) return
      const said = [...errors, ...warnings].map((fault) => String(fault).slice(0, 300))
      console.error(said.join('\\n'))
      process.exitCode = 1
    },
  )`
