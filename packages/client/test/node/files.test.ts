// @vitest-environment node
// The folder of a session: what is in it, who can read it, and what survives.

import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createSession, fileStorage, type SessionStorage, type Session } from '../../src/node.js'
import {
  bundle,
  CLIENT,
  folder,
  Home,
  node,
  type Program,
  Server,
  tidy,
  until,
  withProgram,
} from './support.js'

let session = ''
let place: SessionStorage
const open: Session[] = []

beforeEach(async () => {
  session = join(await folder(), 'session')
  place = fileStorage(session)
})
afterEach(async () => {
  for (const session of open.splice(0)) session.close()
  await tidy()
})

describe('a folder', () => {
  test('keeps what is saved for whoever opens it', async () => {
    expect(await place.load()).toBeNull()
    expect(await place.save(0, mark(1))).toBe(true)
    expect(await fileStorage(session).load()).toBe(mark(1))
    expect(await place.save(0, mark(1))).toBe(false)
    expect(await place.save(7, mark(8))).toBe(false)
    expect(await place.load()).toBe(mark(1))
    expect(await place.save(1, mark(2))).toBe(true)
    expect(await readdir(session)).toEqual([name('session', 2)])
  })

  test('can be read by its owner alone', async () => {
    await place.save(0, mark(1))
    const held = await take(5_000)
    expect(await modeOf(session)).toBe(0o700)
    const files = await readdir(session)
    expect(files.sort()).toEqual([name('lease', 1), name('session', 1)])
    for (const file of files) expect(await modeOf(join(session, file)), file).toBe(0o600)
    await held?.release()
    expect(await modeOf(join(session, name('lease', 1)))).toBe(0o600)
  })

  test('lets one of many writers have each number', async () => {
    const won: Record<number, number> = {}
    const writer = async (place: SessionStorage): Promise<void> => {
      for (let number = 0; number < 10; number += 1) {
        if (await place.save(number, mark(number + 1))) won[number] = (won[number] ?? 0) + 1
      }
    }
    await Promise.all(Array.from({ length: 8 }, () => writer(fileStorage(session))))
    expect(Object.values(won).every((times) => times === 1)).toBe(true)
    expect(Object.keys(won).length).toBeGreaterThan(0)
  })

  test('survives a kill between any two steps of a save', async () => {
    const storage = await bundle('storage/file.ts')
    const settings = { storage, folder: session, replaces: 1, text: mark(2) }
    let found: string[] = []
    for (let killAt = 1; ; killAt += 1) {
      const dir = join(session, String(killAt))
      const own = fileStorage(dir)
      await own.save(0, mark(1))
      const program = node('disturbed.mjs', { ...settings, folder: dir, killAt })
      const { code, stdout, stderr } = await program.end()
      expect(stderr).toBe('')
      if (code === 0) {
        expect(stdout).toMatch(/^saved after \d+$/)
        break
      }
      const text = (await own.load()) ?? ''
      found = [...found, text]
      const { generation } = JSON.parse(text) as { generation: number }
      expect([mark(1), mark(2)]).toContain(text)
      expect(await own.save(generation, mark(generation + 1)), `at ${killAt}`).toBe(true)
    }
    expect(new Set(found), 'some before and some after').toEqual(new Set([mark(1), mark(2)]))
  })

  test('keeps what it has on a full disk, and nothing after a sign-out there', async () => {
    const storage = await bundle('storage/file.ts')
    await place.save(0, ACTIVE)
    const before = await readdir(session)
    const save = (text: string): Program =>
      node('disturbed.mjs', { storage, folder: session, replaces: 1, text, full: true })

    const { code, stderr } = await save(ACTIVE.replace('"generation":1', '"generation":2')).end()
    expect(code).toBe(1)
    expect(stderr).toContain('ENOSPC')
    expect(await readdir(session)).toEqual(before)
    expect(await place.load()).toBe(ACTIVE)

    expect((await save(mark(2)).end()).stdout).toMatch(/^saved/)
    expect(await readdir(session)).toEqual([])
    expect(await place.load()).toBeNull()
  })

  test('is watched for what others change', async () => {
    await place.save(0, mark(1))
    let seen = 0
    const end = place.watch?.(() => (seen += 1))
    await until('its first look', async () => (await place.load()) === mark(1))
    await fileStorage(session).save(1, mark(2))
    await until('a change', () => seen > 0)
    end?.()
  })

  test('of something else than a folder is refused', async () => {
    await mkdir(session)
    await writeFile(join(session, 'file'), 'mine')
    expect(() => fileStorage(join(session, 'file'))).toThrow(/is not a folder; move it away/)
    expect(await readFile(join(session, 'file'), 'utf8')).toBe('mine')
  })
})

describe('the lease', () => {
  test('is held by one at a time and passed on when it is released', async () => {
    const first = await take(1_500)
    const second = take(1_500)
    // Longer than the lease: it is renewed.
    const longer = new Promise((done) => setTimeout(done, 2_000, 'none'))
    const early = await Promise.race([second, longer])
    expect(early).toBe('none')
    await first?.release()
    await (await second)?.release()
  })

  test('of a holder that gives no sign of life lapses, and that one is told', async () => {
    const lease = (end: number): string =>
      JSON.stringify({ pid: 1, expires_at_ms: end, released: false })
    await mkdir(session)
    await writeFile(join(session, name('lease', 4)), lease(Date.now() + 400))
    const began = Date.now()
    const held = await take(300)
    expect(Date.now() - began).toBeGreaterThan(300)
    expect(await readdir(session)).toEqual([name('lease', 5)])
    // Whoever was stopped finds that another one follows.
    await writeFile(join(session, name('lease', 6)), lease(Date.now() + 60_000))
    await held?.lost
  })

  test('that says nothing one could wait for is taken', async () => {
    await mkdir(session)
    const texts = ['', '{', '[]', '{"pid":1}', `{"pid":1,"expires_at_ms":9e15,"released":false}`]
    for (const [index, text] of texts.entries()) {
      await writeFile(join(session, name('lease', 1 + 2 * index)), text)
      expect(await take(5_000), text).not.toBeNull()
    }
  })

  test('is not waited for by whoever gives up', async () => {
    const held = await take(5_000)
    const waiting = new AbortController()
    const second = place.lock?.(5_000, waiting.signal)
    waiting.abort()
    expect(await second).toBeNull()
    await held?.release()
  })
})

withProgram('a file that cannot be used', () => {
  test('is named in the error and left alone', async () => {
    const server = await Server.start(300)
    const home = await Home.make()
    await home.login(server)
    const file = await home.sessionFile()
    const whole = await readFile(file, 'utf8')
    const newer = whole.replace(/"tenure":\d+/, '"tenure":99')
    const more = whole.replace('{', '{"more":true,')
    const other = whole.replace('"generation":1', '"generation":2')
    const damaged = [more, other, '', whole.slice(0, whole.length / 2), 'a note', '{"a":1}']
    expect(new Set([whole, newer, ...damaged]).size).toBe(8)

    for (const text of damaged) {
      await writeFile(file, text)
      await isLeftAlone(server, home, 'storage_damaged', file)
    }
    await writeFile(file, newer)
    await isLeftAlone(server, home, 'storage_newer', file)
    await writeFile(file, Buffer.from(whole.replace('"Bearer"', '"Bear\xffer"'), 'latin1'))
    await isLeftAlone(server, home, 'storage_damaged', file)
    await writeFile(file, '{"v":1,"key":1,"sealed":"AAAA"}')
    await isLeftAlone(
      server,
      home,
      'storage',
      `${file} is sealed with a key in the system's keyring`,
    )

    // What a sign-in replaces is kept aside, and only the last of it.
    for (const text of ['cut sho', 'cut shorter']) {
      await writeFile(await home.sessionFile(), text)
      await here(server, home).adopt({ accessToken: `over ${text}`, expiresIn: 300 })
      expect(await here(server, home).accessToken()).toBe(`over ${text}`)
      const aside = join(home.session, 'session.damaged.json')
      expect(await readFile(aside, 'utf8')).toBe(text)
      expect(await modeOf(aside)).toBe(0o600)
    }

    await writeFile(await home.sessionFile(), whole)
    await rename(await home.sessionFile(), file)
    expect(await here(server, home).accessToken()).toBe(
      (JSON.parse(whole) as { tokens: { access_token: string } }).tokens.access_token,
    )
  })
})

async function isLeftAlone(server: Server, home: Home, code: string, why: string): Promise<void> {
  const before = await home.contents()
  const session = here(server, home)
  const error = { code, message: expect.stringContaining(why) as string }
  await expect(session.ready()).rejects.toMatchObject(error)
  await expect(session.accessToken()).rejects.toMatchObject(error)
  if (code !== 'storage_damaged') {
    await expect(session.adopt({ accessToken: 'another' })).rejects.toMatchObject(error)
  }
  await expect(session.signOut()).rejects.toMatchObject(error)
  expect(await home.contents()).toEqual(before)
}

function here(server: Server, home: Home): Session {
  const storage = fileStorage(home.session)
  const session = createSession({ issuer: server.url, clientId: CLIENT, storage })
  open.push(session)
  return session
}

function take(length: number): ReturnType<NonNullable<SessionStorage['lock']>> {
  const lock = fileStorage(session).lock
  if (!lock) throw new Error('files have a lock')
  return lock(length, new AbortController().signal)
}

function mark(generation: number): string {
  return JSON.stringify({ tenure: 1, generation, signed_out: { reason: 'user', at: generation } })
}

function name(register: string, number: number): string {
  return `${register}.${String(number).padStart(20, '0')}.json`
}

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777
}

const ACTIVE = JSON.stringify({
  tenure: 1,
  generation: 1,
  login: { generation: 1, at: 1 },
  last_active: 1,
  tokens: { access_token: 'at', token_type: 'Bearer', obtained_at: 1, issued: 1 },
})
