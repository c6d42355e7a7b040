import init, { Holder, oidc } from './core/core.js'
import packed from './core/module.js'
import { SessionError } from './errors.js'
import { fields, message } from './fields.js'
import type { Question } from './messages.js'

export type { Holder }

/** The decisions: the holder's machine and the protocol's messages. */
export interface Core {
  holder(configuration: string): Holder
  /** Asks one question about the protocol. */
  ask(...question: Question): string[]
}

/** Starts the core, once for all sessions of a page. */
export function loadCore(): Promise<Core> {
  loading ??= start().catch((cause: unknown) => {
    loading = undefined
    const missing = NEEDED.find((name) => !Reflect.get(globalThis, name))
    const message = missing
      ? `${missing} is missing: Tenure needs Chrome 96, Safari 16.4 or Firefox 113`
      : 'WebAssembly does not start here: a content policy needs wasm-unsafe-eval'
    throw new SessionError('misconfigured', message, { cause })
  })
  return loading
}

async function start(): Promise<Core> {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0))
  // A blob would do as well, but those of jsdom, in people's tests, cannot be streamed.
  const unpacked = new Response(bytes).body?.pipeThrough(new DecompressionStream('gzip'))
  await init({ module_or_path: await new Response(unpacked).arrayBuffer() })
  return {
    holder: (configuration) => understood(() => new Holder(configuration)),
    ask: (...question) => understood(() => fields(oidc(message(...question)))),
  }
}

/** The core names the field that it does not understand; it came from the options. */
function understood<T>(question: () => T): T {
  try {
    return question()
  } catch (cause) {
    throw new SessionError('misconfigured', `not understood: ${String(cause)}`, { cause })
  }
}

const NEEDED = ['WebAssembly', 'TextDecoder', 'Response', 'DecompressionStream']
let loading: Promise<Core> | undefined
