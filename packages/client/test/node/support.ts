// What the tests in Node need: the server and the command line of Tenure, a person with a browser,
// and further Node processes.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'
import { describe, vi } from 'vitest'

import { browse } from './person.js'

const LIMIT = 60_000
vi.setConfig({ testTimeout: LIMIT, hookTimeout: LIMIT })

/** The program `tenure`, built by `cargo build -p tenure-cli`. */
const PROGRAM = program()

/** `describe`, left out loudly where the program was not built. */
export const withProgram = existsSync(PROGRAM) ? describe : leftOut()

/** Asks until the answer is good. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  limit = LIMIT,
): Promise<NonNullable<T>> {
  const end = Date.now() + limit
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > end) throw new Error(`${what}: not within ${limit} ms`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** A folder that is gone when the test ends. */
export async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'tenure-node-'))
  leftovers.push(() => rm(made, { recursive: true, force: true }))
  return made
}

/** Ends and removes what the tests made: to be called after each. */
export async function tidy(): Promise<void> {
  for (const end of leftovers.splice(0).reverse()) await end()
}

/** A program that runs beside the test. */
export class Program {
  readonly child: ChildProcess
  readonly #lines: Interface
  readonly #printed: string[] = []
  #errors = ''
  #ended: number | null | undefined

  constructor(command: string, args: readonly string[], env: Record<string, string> = {}) {
    this.child = spawn(command, args, { env: { ...process.env, ...env }, stdio: 'pipe' })
    const { stdout, stderr } = this.child
    if (!stdout || !stderr) throw new Error('its output is a pipe')
    this.#lines = createInterface({ input: stdout })
    this.#lines.on('line', (line) => this.#printed.push(line))
    stderr.on('data', (text: Buffer) => (this.#errors += text.toString()))
    this.child.once('close', (code) => (this.#ended = code))
    leftovers.push(() => this.kill())
  }

  /** The next line that it prints and that fits. */
  async line(fits: RegExp = /./): Promise<RegExpExecArray> {
    return until(`a line like ${fits}`, () => {
      for (let line = this.#printed.shift(); line !== undefined; line = this.#printed.shift()) {
        const found = fits.exec(line)
        if (found) return found
      }
      if (this.#ended !== undefined) throw new Error(`it ended: ${this.#errors}`)
      return null
    })
  }

  say(line: string): void {
    this.child.stdin?.write(`${line}\n`)
  }

  /** Waits for its end: its code, and what it printed that nobody took. */
  async end(): Promise<{ code: number | null; stdout: string; stderr: string }> {
    await until('its end', () => this.#ended !== undefined)
    return { code: this.#ended ?? null, stdout: this.#printed.join('\n'), stderr: this.#errors }
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.#ended !== undefined) return
    const gone = once(this.child, 'close')
    this.child.kill(signal)
    await gone
  }
}

/** `tenure dev` with data of its own. */
export class Server {
  url = ''
  #program: Program | undefined
  #data = ''

  /** Starts one whose access tokens live so many seconds. */
  static async start(accessTokenTtl: number): Promise<Server> {
    const server = new Server()
    server.#data = await folder()
    await server.#start(accessTokenTtl, '127.0.0.1:0')
    return server
  }

  /**
   * Starts it again, on the same data and address. Access tokens made before keep their end, so
   * that a short life does not have to last through a whole test.
   */
  async restart(accessTokenTtl: number): Promise<void> {
    await this.#program?.kill('SIGTERM')
    await this.#start(accessTokenTtl, new URL(this.url).host)
  }

  /** How many refreshes ended so. */
  async refreshes(outcome: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text()
    const name = `tenure_refresh_total{outcome="${outcome}"} `
    const line = text.split('\n').find((line) => line.startsWith(name))
    return Number(line?.slice(name.length) ?? 0)
  }

  async #start(accessTokenTtl: number, listen: string): Promise<void> {
    const args = ['dev', '--listen', listen, '--data', this.#data]
    args.push('--access-token-ttl', String(accessTokenTtl))
    this.#program = new Program(PROGRAM, args, { TENURE_LOG: 'error' })
    const [, url = ''] = await this.#program.line(/Tenure is ready: (\S+)/)
    this.url = url.replace(/\/$/, '')
  }
}

/** One person's `TENURE_HOME` and the command line that uses it. */
export class Home {
  private constructor(readonly path: string) {}

  static async make(): Promise<Home> {
    return new Home(await folder())
  }

  /** Where the session is, for `fileStorage`. */
  get session(): string {
    return join(this.path, 'session')
  }

  run(...args: string[]): Program {
    return new Program(PROGRAM, args, { TENURE_HOME: this.path })
  }

  /** `tenure login --no-browser`, with the test as the browser. */
  async login(server: Server): Promise<void> {
    const login = this.run('login', '--no-browser', '--issuer', server.url, '--client-id', CLIENT)
    const [url] = await login.line(/^http:\S+$/)
    await browse(url)
    const { code, stderr } = await login.end()
    if (code !== 0) throw new Error(`tenure login: ${stderr}`)
  }

  /** Waits until the access token that is stored is past its end. */
  async outliveAccessToken(): Promise<void> {
    const stored = JSON.parse(await readFile(await this.sessionFile(), 'utf8')) as {
      tokens: { expires_at: number }
    }
    await until('its end', () => Date.now() > stored.tokens.expires_at)
  }

  /** The file that holds the session now. */
  async sessionFile(): Promise<string> {
    const files = await readdir(this.session)
    const last = files.filter((file) => /^session\.\d+\./.test(file)).sort()
    return join(this.session, last.at(-1) ?? '')
  }

  /** The process that holds the lock, if one does. */
  async leaseHolder(): Promise<number | null> {
    const files = await readdir(this.session)
    const last = files.filter((file) => /^lease\.\d+\.json$/.test(file)).sort()
    const text = await readFile(join(this.session, last.at(-1) ?? ''), 'utf8')
    const { pid, released } = JSON.parse(text) as { pid: number; released: boolean }
    return released ? null : pid
  }

  /** The files that hold sessions, with what is in them and when it was written. */
  async contents(): Promise<Record<string, string>> {
    const found: Record<string, string> = {}
    for (const file of (await readdir(this.session)).filter((name) => !name.startsWith('lease.'))) {
      const path = join(this.session, file)
      found[file] = `${(await stat(path)).mtimeMs} ${await readFile(path, 'latin1')}`
    }
    return found
  }
}

/** Bundles a source of the package, as an application would, and gives the file. */
export async function bundle(source: string): Promise<string> {
  const outfile = join(await folder(), 'bundle.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL(`../../src/${source}`, import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile,
    logLevel: 'error',
  })
  return outfile
}

/** Starts a program of this folder in a Node of its own; it finds its settings in `SETTINGS`. */
export function node(script: string, settings: Record<string, unknown>): Program {
  const path = fileURLToPath(new URL(script, import.meta.url))
  return new Program(process.execPath, [path], { SETTINGS: JSON.stringify(settings) })
}

function program(): string {
  const target = process.env['CARGO_TARGET_DIR']
  const here = fileURLToPath(new URL('../../../../target', import.meta.url))
  return process.env['TENURE_PROGRAM'] ?? join(target ?? here, 'debug', 'tenure')
}

function leftOut(): typeof describe.skip {
  const why = `${PROGRAM} is missing: cargo build -p tenure-cli`
  if (process.env['CI'] === 'true') throw new Error(why)
  console.warn(`LEFT OUT: ${why}`)
  return describe.skip
}

const leftovers: (() => Promise<void>)[] = []
/** The public client of `tenure dev` for the command line. */
export const CLIENT = 'demo-cli'
