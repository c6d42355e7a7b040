// @vitest-environment node
// A program that signs in as itself, by client credentials.

import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { createSession, fileStorage, type Session } from '../../src/node.js'
import { bundle, folder, node, Server, tidy, withProgram } from './support.js'

withProgram('client credentials', () => {
  let server: Server
  let asked: string[]
  const open: Session[] = []

  beforeEach(async () => {
    server = await Server.start(300)
    asked = []
  })
  afterEach(async () => {
    for (const session of open.splice(0)) session.close()
    await tidy()
  })

  test('a hundred callers at once cause one token request', async () => {
    const session = service({})
    const tokens = await Promise.all(Array.from({ length: 100 }, () => session.accessToken()))
    expect(new Set(tokens).size).toBe(1)
    expect(asked).toEqual([`${server.url}/token`])
    expect(session.identity).toBeNull()
    expect(session.snapshot()).toMatchObject({ status: 'signed_in', scope: 'api' })
  })

  test('a token that was refused is replaced once', async () => {
    const session = service({})
    const rejected = await session.accessToken()
    const wanted = Array.from({ length: 20 }, () => session.accessToken({ rejected }))
    const tokens = new Set(await Promise.all(wanted))
    expect(tokens.size).toBe(1)
    expect(tokens).not.toContain(rejected)
    expect(asked).toHaveLength(2)
  })

  test('a wrong secret is told as what it is, at once', async () => {
    const session = service({ clientSecret: 'wrong' })
    await expect(session.accessToken()).rejects.toMatchObject({ code: 'misconfigured' })
  })

  test('the token goes to the origins that were named, and to no other', async () => {
    const session = service({ allowedOrigins: [server.url] })
    const answer = await session.fetch(`${server.url}/userinfo`)
    expect(answer.status).not.toBe(401)
    const elsewhere = session.fetch('http://127.0.0.1:9/')
    await expect(elsewhere).rejects.toMatchObject({ code: 'foreign_origin' })
    const unnamed = service({}).fetch(`${server.url}/userinfo`)
    await expect(unnamed).rejects.toMatchObject({ code: 'foreign_origin' })
  })

  test('all processes of a folder share one token', async () => {
    const session = join(await folder(), 'session')
    const settings = {
      client: await bundle('node.ts'),
      issuer: server.url,
      ...SERVICE,
      folder: session,
    }
    const programs = Array.from({ length: 6 }, () => node('holder.mjs', settings))
    for (const it of programs) await it.line(/^ready$/)
    for (const it of programs) it.say('go')
    const lines = await Promise.all(programs.map((it) => it.line(/^token (\S+)$/)))
    expect(new Set(lines.map(([, token]) => token)).size).toBe(1)
    const ends = await Promise.all(programs.map((it) => it.end()))
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0])
    expect(await service({ storage: fileStorage(session) }).accessToken()).toBe(lines[0]?.[1])
    expect(asked).toEqual([])
  })

  function service(more: Partial<Parameters<typeof createSession>[0]>): Session {
    const counted = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      if (init?.method === 'POST') asked.push(String(input))
      return fetch(input, init)
    }
    const session = createSession({ issuer: server.url, ...SERVICE, fetch: counted, ...more })
    open.push(session)
    return session
  }
})

const SERVICE = {
  clientId: 'demo-service',
  clientSecret: 'demo-secret',
  source: 'client_credentials',
  scope: 'api',
} as const
