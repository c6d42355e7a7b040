// @vitest-environment node
// One session, used by Node and by the command line, which is a Rust program.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { createSession, fileStorage, type Session } from '../../src/node.js'
import { Issuer } from '../support/issuer.js'
import { bundle, CLIENT, Home, node, type Program, Server, tidy, withProgram } from './support.js'

let client = ''
let server: Server
let home: Home
const open: Session[] = []

beforeEach(async () => {
  client = await bundle('node.ts')
})
afterEach(async () => {
  for (const session of open.splice(0)) session.close()
  await tidy()
})

withProgram('a session of the command line', () => {
  beforeEach(async () => {
    server = await Server.start(SHORT)
    home = await Home.make()
    await home.login(server)
  })

  test('sixteen Node and sixteen Rust processes cause one refresh and get one token', async () => {
    await expire()
    const nodes = Array.from({ length: 16 }, () => holder())
    for (const it of nodes) await it.line(/^ready$/)

    for (const it of nodes) it.say('go')
    const shells = Array.from({ length: 16 }, () => home.run('token'))
    const tokens = [
      ...(await Promise.all(nodes.map(tokenOf))),
      ...(await Promise.all(shells.map(printed))),
    ]

    expect(tokens).toHaveLength(32)
    expect(new Set(tokens).size).toBe(1)
    expect(await server.refreshes('rotated')).toBe(1)
    expect(await server.refreshes('repeated')).toBe(0)
  })

  test('a holder that is killed does not keep the lock', async () => {
    const it = await refreshing()
    await it.kill('SIGKILL')
    await othersGetOneToken()
    await nobodyWasHurt()
  })

  test('a holder that is frozen does not keep the lock and cannot undo anything', async () => {
    const it = await refreshing()
    it.child.kill('SIGSTOP')
    // Its answer arrives while it is frozen: it will find it when it wakes.
    it.say('go')

    const token = await othersGetOneToken()

    const stored = await home.contents()
    it.child.kill('SIGCONT')
    expect(await tokenOf(it)).toBe(token)
    expect((await it.end()).code).toBe(0)
    expect(await home.contents()).toEqual(stored)
    await nobodyWasHurt()
  })
})

withProgram('a sign-out', () => {
  beforeEach(async () => {
    server = await Server.start(LONG)
    home = await Home.make()
    await home.login(server)
  })

  test('of the command line is seen by a Node process that runs', async () => {
    const session = here()
    const seen = new Promise((resolve) => session.on('signedOut', resolve))
    const { status } = await session.ready()
    expect(status).toBe('signed_in')
    const token = await session.accessToken()
    expect(await printed(home.run('token'))).toBe(token)

    expect((await home.run('logout').end()).code).toBe(0)

    expect(await seen).toEqual({ reason: 'user' })
    await expect(session.accessToken()).rejects.toMatchObject({
      code: 'signed_out',
      reason: 'user',
    })
  })

  test('of a Node process ends the session of the command line', async () => {
    await here().signOut()
    const { code, stdout, stderr } = await home.run('token').end()
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toContain('signed out')
  })

  test('leaves room for a sign-in that Node hands in and the command line uses', async () => {
    const session = here()
    const [accessToken, refreshToken] = ['an access token', 'a refresh token']
    await session.signOut({ localOnly: true })
    await session.adopt({ accessToken, refreshToken, expiresIn: 300 })
    expect(await printed(home.run('token'))).toBe(accessToken)
  })
})

withProgram('a program of another issuer', () => {
  test('is told whose session the one of the command line is, and leaves it alone', async () => {
    server = await Server.start(LONG)
    home = await Home.make()
    await home.login(server)
    const stranger = await Issuer.start()
    vi.stubEnv('TENURE_HOME', home.path)
    const before = await home.contents()

    const session = createSession({
      issuer: stranger.url,
      clientId: CLIENT,
      storage: fileStorage(),
    })
    open.push(session)
    const told = await session.accessToken().catch((cause: unknown) => cause)

    expect(told).toMatchObject({ code: 'signed_out', reason: 'foreign' })
    expect((told as Error).message).toContain(`${server.url}, client ${CLIENT}`)
    expect(stranger.asked).toEqual([])
    expect(await home.contents()).toEqual(before)
    vi.unstubAllEnvs()
    await stranger.stop()
  })
})

/** A further Node process with the session; it waits to be told to want a token. */
function holder(more: Record<string, unknown> = {}): Program {
  const settings = { client, issuer: server.url, clientId: CLIENT, folder: home.session }
  return node('holder.mjs', { ...settings, ...more })
}

/** The session in this process. */
function here(): Session {
  const storage = fileStorage(home.session)
  const session = createSession({ issuer: server.url, clientId: CLIENT, storage })
  open.push(session)
  return session
}

/** Lets the access token expire; those to come live long. */
async function expire(): Promise<void> {
  await home.outliveAccessToken()
  await server.restart(LONG)
}

/** A Node process in the middle of its refresh, which holds the lock; its answer is kept back. */
async function refreshing(): Promise<Program> {
  await expire()
  const it = holder({ hold: true })
  await it.line(/^ready$/)
  it.say('go')
  await it.line(/^answered$/)
  expect(await home.leaseHolder(), 'the lease names its holder').toBe(it.child.pid)
  return it
}

/** All the others get one token, from one more question to the server. */
async function othersGetOneToken(): Promise<string> {
  const nodes = Array.from({ length: 4 }, () => holder())
  const shells = Array.from({ length: 8 }, () => home.run('token'))
  for (const it of nodes) it.say('go')
  const tokens = new Set([
    ...(await Promise.all(nodes.map(tokenOf))),
    ...(await Promise.all(shells.map(printed))),
  ])
  expect(tokens.size).toBe(1)
  expect(await server.refreshes('rotated')).toBe(1)
  expect(await server.refreshes('repeated')).toBe(1)
  const [token = ''] = tokens
  return token
}

/** The refresh token that is stored is the one that counts. */
async function nobodyWasHurt(): Promise<void> {
  const session = here()
  const rejected = await session.accessToken()
  const token = await session.accessToken({ rejected })
  expect(token).not.toBe(rejected)
  expect(await printed(home.run('token'))).toBe(token)
  expect(await server.refreshes('rotated')).toBe(2)
  expect(await server.refreshes('reused'), 'nobody was taken for a thief').toBe(0)
}

/** The token that a Node process prints. */
async function tokenOf(it: Program): Promise<string> {
  const [, token = ''] = await it.line(/^token (\S+)$/)
  return token
}

/** The token that `tenure token` prints. */
async function printed(it: Program): Promise<string> {
  const { code, stdout, stderr } = await it.end()
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

const SHORT = 2
const LONG = 300
