import init, { agree, public_key, sign } from './core/core.js'
import packed from './core/module.js'

/** What the platform lacks: secp256k1 and Keccak, by `tenure-seal`. */
export interface Curve {
  /** 130 digits that begin with `04`. Throws what is wrong with the secret. */
  publicKey(secret: string): string
  /** What the owners of both keys can compute, in 64 digits. */
  agree(secret: string, other: string): string
  /** The signature of a text: DER in digits. */
  sign(secret: string, text: string): string
}

/** Starts the module, once, when something is first sealed or opened. */
export function loadCurve(): Promise<Curve> {
  loading ??= start().catch((cause: unknown) => {
    loading = undefined
    throw new Error('WebAssembly does not start here: a content policy needs wasm-unsafe-eval', {
      cause,
    })
  })
  return loading
}

async function start(): Promise<Curve> {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0))
  const unpacked = new Response(bytes).body?.pipeThrough(new DecompressionStream('gzip'))
  await init({ module_or_path: await new Response(unpacked).arrayBuffer() })
  return {
    publicKey: (secret) => said(() => public_key(secret)),
    agree: (secret, other) => said(() => agree(secret, other)),
    sign: (secret, text) => said(() => sign(secret, text)),
  }
}

/** The module throws one sentence. */
function said<T>(question: () => T): T {
  try {
    return question()
  } catch (cause) {
    throw typeof cause === 'string' ? new Error(cause) : cause
  }
}

let loading: Promise<Curve> | undefined
