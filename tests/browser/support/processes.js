import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Waits for a line of a child's output; its exit before that is an error. */
export function firstLine(child, pattern) {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stdout })
    const late = setTimeout(() => reject(new Error(`no line like ${pattern}`)), 60_000)
    lines.on('line', (line) => {
      const found = pattern.exec(line)
      if (!found) return
      clearTimeout(late)
      resolve(found)
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`ended with ${code} before ${pattern}`)))
  })
}

/** Ends a child by its process id and waits until it is gone. */
export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await gone
  clearTimeout(late)
}

/** Asks until the answer is good. */
export async function until(what, good, limit = 20_000) {
  const end = Date.now() + limit
  for (;;) {
    const answer = await what()
    if (good(answer)) return answer
    if (Date.now() > end) throw new Error(`never came: last was ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
