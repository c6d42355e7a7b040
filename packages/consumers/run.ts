import { execFile } from 'node:child_process'

/** Runs a program and gives what it printed; a failure tells both. */
export function run(cwd: string, program: string, ...args: string[]): Promise<string> {
  return runIn({}, cwd, program, ...args)
}

/** The same, in an environment with more in it. */
export function runIn(
  more: Record<string, string>,
  cwd: string,
  program: string,
  ...args: string[]
): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...more }
    const options = { cwd, env, maxBuffer: 64 * 1024 * 1024, timeout: 110_000 }
    execFile(program, args, options, (failure, out, err) => {
      if (failure)
        reject(
          new Error(`${program} ${args.join(' ')}\n${`${out}${err}`.slice(-MOST)}`, {
            cause: failure,
          }),
        )
      else resolve(out)
    })
  })
}

/** Runs npm without a word to a registry. */
export function npm(cwd: string, ...args: string[]): Promise<string> {
  return run(cwd, 'npm', ...args, '--offline', '--no-audit', '--no-fund', '--loglevel=error')
}

/** Who prints a whole bundle as the place of a failure says more at the end. */
const MOST = 4000
