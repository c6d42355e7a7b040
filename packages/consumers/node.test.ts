import { expect, inject, it } from 'vitest'
import { makeProject } from './project.ts'
import { fromReadme } from './readme.ts'
import { run } from './run.ts'

const names = inject('packed').map(({ name }) => name)
const specifiers = inject('packed').flatMap(({ name, entries }) =>
  entries.map((entry) => `${name}${entry.slice(1)}`),
)
const peers = ['react', 'vue', 'vue-router', '@vue/runtime-dom']

it('every entry can be imported and required in Node, and gives the same names', async () => {
  const project = await makeProject(names, peers)
  await project.write(
    'main.mjs',
    `const names = {}
     for (const name of ${JSON.stringify(specifiers)}) {
       names[name] = Object.keys(await import(name)).filter((key) => key !== 'default').sort()
     }
     console.log(JSON.stringify(names))`,
  )
  await project.write(
    'main.cjs',
    `const names = {}
     for (const name of ${JSON.stringify(specifiers)}) {
       names[name] = Object.keys(require(name)).filter((key) => key !== 'default').sort()
     }
     console.log(JSON.stringify(names))`,
  )
  const imported = await names_of(run(project.root, 'node', 'main.mjs'))
  const required = await names_of(run(project.root, 'node', 'main.cjs'))
  expect(Object.keys(imported)).toEqual(specifiers)
  expect(required).toEqual(imported)
  expect(imported['@tenure/client']).toContain('createSession')
  expect(imported['@tenure/react']).toContain('SessionProvider')
  expect(imported['@tenure/vue']).toContain('sessionGuard')
})

it.each([
  ['main.mjs', `import { createSession, SessionError } from '@tenure/client'`],
  ['main.cjs', `const { createSession, SessionError } = require('@tenure/client')`],
])('a session lives in plain Node, in %s, with the client alone', async (file, load) => {
  const project = await makeProject(['@tenure/client'], [])
  await project.write(
    file,
    `${load}
     const session = createSession({ issuer: 'http://127.0.0.1:9', clientId: 'consumer' })
     const main = async () => {
       const first = (await session.ready()).status
       await session.adopt({ accessToken: 'held', expiresIn: 3600 })
       const token = await session.accessToken()
       await session.signOut()
       const refused = await session.accessToken().catch((error) => error)
       console.log([first, token, refused instanceof SessionError, refused.code].join(' '))
     }
     main()`,
  )
  // That it ends by itself is part of it: no timer and no listener keeps the program alive.
  expect(await run(project.root, 'node', file)).toBe('signed_out held true signed_out\n')
})

const LOAD = `ReapitConnectServerSession, ReapitConnectBrowserSession, useReapitConnect`
const FILES = [
  ['main.mjs', `import { ${LOAD} } from '@tenure/connect-session'`],
  ['main.cjs', `const { ${LOAD} } = require('@tenure/connect-session')`],
]

it.each(FILES)(
  'a program without React uses the whole of connect-session, in %s',
  async (file, load) => {
    const project = await makeProject(['@tenure/client', '@tenure/connect-session'], [])
    await project.write(
      file,
      `${load}
     const about = { connectOAuthUrl: 'http://127.0.0.1:9', connectClientId: 'service-1' }
     const session = new ReapitConnectServerSession({ ...about, connectClientSecret: 's' })
     const page = new ReapitConnectBrowserSession(about)
     let missing
     try { useReapitConnect(page) } catch ({ message }) { missing = message.split('\\n')[0] }
     console.log([typeof session.connectAccessToken, page.connectHasSession, missing].join('; '))`,
    )
    expect(await run(project.root, 'node', file)).toBe(
      "function; false; Cannot find module 'react'\n",
    )
  },
)

it.each(FILES)(
  'a server renders the hook with the React of the application, in %s',
  async (file, load) => {
    const ours = ['@tenure/client', '@tenure/connect-session']
    const project = await makeProject(ours, ['react', 'react-dom'])
    const render = file.endsWith('mjs')
      ? `import { createElement } from 'react'
       import { renderToString } from 'react-dom/server'`
      : `const { createElement } = require('react')
       const { renderToString } = require('react-dom/server')`
    await project.write(
      file,
      `${load}
     ${render}
     const session = new ReapitConnectBrowserSession({ connectOAuthUrl: '', connectClientId: 'a' })
     const Who = () => createElement('p', null, String(useReapitConnect(session).connectSession))
     console.log(renderToString(createElement(Who)))`,
    )
    expect(await run(project.root, 'node', file)).toBe('<p>null</p>\n')
  },
)

it('a service checks an ID token as the README has it', async () => {
  const project = await makeProject(['@tenure/client', '@tenure/connect-session'], [])
  await project.write(
    'main.mjs',
    `import { createSign, generateKeyPairSync } from 'node:crypto'
     import { connectSessionVerifyDecodeIdToken } from '@tenure/connect-session'
     const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
     const asked = []
     globalThis.fetch = async (url) => {
       asked.push(url)
       return Response.json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one' }] })
     }
     const part = (of) => Buffer.from(JSON.stringify(of)).toString('base64url')
     const check = async (iss) => {
       const iat = Math.floor(Date.now() / 1000)
       const whom = { iss, aud: 'my-app', sub: 'ada', name: 'Ada', token_use: 'id' }
       const head = part({ alg: 'RS256', kid: 'one' }) + '.' + part({ ...whom, iat, exp: iat + 60 })
       const token = head + '.' + createSign('RSA-SHA256').update(head).sign(privateKey, 'base64url')
       ${await fromReadme('const who = await')}
       return who?.name
     }
     console.error = () => undefined
     const names = [await check('https://connect.example'), await check('https://evil.example')]
     console.log([...names, ...asked].join(' '))`,
  )
  expect(await run(project.root, 'node', 'main.mjs')).toBe(
    'Ada  https://connect.example/.well-known/jwks.json\n',
  )
})

async function names_of(printed: Promise<string>): Promise<Record<string, string[]>> {
  return JSON.parse(await printed) as Record<string, string[]>
}
