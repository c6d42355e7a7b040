import { existsSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'

import { faultOf, generationOf, isMark } from '../stored.js'
import { fileLock } from './file_lease.js'
import { codeOf, Register } from './file_register.js'
import type { SessionStorage, Unreadable } from './session_storage.js'

/**
 * A session in a folder of its own, shared by every process that opens the same folder, in Node
 * or in Rust. Without `folder` it is the session of the command line: that of `tenure login`.
 *
 * `session.<generation>.json` holds the value, readable by its owner only; the highest generation
 * counts. `lease.<fence>.json` is the lock.
 */
export function fileStorage(folder: string = sessionOfShell()): SessionStorage {
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    throw new Error(`${folder} is not a folder; move it away`)
  }
  const session = new Register(folder, 'session')
  let seen: number | undefined
  return {
    async load() {
      const found = await session.latest()
      seen = found?.number ?? 0
      return found === null ? null : read(session.path(found.number), found.number, found.bytes)
    },
    async save(replaces, text) {
      const done = await put(session, replaces, text)
      if (done) seen = replaces + 1
      return done
    },
    async replace(replaces, text) {
      if (!(await session.keepAside(replaces))) return false
      const done = await put(session, replaces, text)
      if (done) seen = replaces + 1
      return done
    },
    lock: fileLock(new Register(folder, 'lease')),
    watch: (changed) =>
      look(async () => {
        const highest = await session.highest()
        const before = seen
        seen = highest
        if (before !== undefined && before !== highest) changed()
      }),
  }
}

function sessionOfShell(): string {
  const state = env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state')
  return join(env['TENURE_HOME'] || join(state, 'tenure'), 'session')
}

/** The text of a file. The name and the value must agree, or somebody copied files about. */
function read(path: string, number: number, bytes: Uint8Array): string {
  let text = ''
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // It is not ours, as the next line finds.
  }
  if (generationOf(text) === number) return text
  if (isSealed(text)) {
    throw new Error(
      `${path} is sealed with a key in the system's keyring, which Node cannot open; ` +
        'it was left as it is: sign out with TENURE_STORAGE=keyring and sign in without',
    )
  }
  const unreadable: Unreadable = Object.assign(new Error(path), {
    fault: faultOf(text),
    generation: number,
  })
  throw unreadable
}

function isSealed(text: string): boolean {
  try {
    return 'sealed' in (JSON.parse(text) as object)
  } catch {
    return false
  }
}

async function put(session: Register, replaces: number, text: string): Promise<boolean> {
  try {
    return await session.put(replaces, text)
  } catch (cause) {
    // A sign-out must win: where there is no room for its mark, nothing may stay.
    if (!isMark(text) || !NO_ROOM.includes(codeOf(cause) ?? '')) throw cause
    await session.clear()
    return true
  }
}

/**
 * Looks twice a second: that works on every file system, network ones included, and costs one
 * listing of a folder with a handful of files. It keeps no process running.
 */
function look(once: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined
  let ended = false
  const next = (): void => {
    if (ended) return
    timer = setTimeout(() => void once().then(next, next), LOOK).unref()
  }
  next()
  return () => {
    ended = true
    clearTimeout(timer)
  }
}

const LOOK = 500
const NO_ROOM = ['ENOSPC', 'EDQUOT']
