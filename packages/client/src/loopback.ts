import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { SessionError } from './errors.js'
import { until } from './http.js'
import type { CallbackResult, Session, SignInOptions } from './types.js'

export interface LoopbackOptions extends Pick<SignInOptions, 'parameters' | 'signal'> {
  /** Shows the address to the person. Default: prints it alone on a line. */
  open?: (url: string) => void | Promise<void>
  /** How long the person may take. Default: 300 s. */
  patienceSecs?: number
}

/**
 * Signs a person in from a program without a page: any browser on this machine opens the address,
 * and comes back to a port of the loopback interface (RFC 8252 §7.3). The issuer must know
 * `http://127.0.0.1/callback` as an address of this client, with whatever port.
 */
export async function signInByLoopback(
  session: Session,
  { open = console.log, patienceSecs = PATIENCE, ...asked }: LoopbackOptions = {},
): Promise<CallbackResult['identity']> {
  const server = createServer().listen(0, HOST)
  await once(server, 'listening')
  const redirectUri = `http://${HOST}:${(server.address() as AddressInfo).port}${PATH}`
  let late: NodeJS.Timeout | undefined
  let state: string | null = null
  try {
    const back = new Promise<{ address: URL; browser: ServerResponse }>((resolve, reject) => {
      // Any page in any browser here can send requests to this port: whatever else comes gets an
      // answer, and the wait goes on.
      server.on('request', ({ method, url = '' }, browser) => {
        const address = URL.canParse(url, redirectUri) ? new URL(url, redirectUri) : null
        if (method !== 'GET' || address?.pathname !== PATH) void tell(browser, 404, NOTHING)
        else if (!state || address.searchParams.get('state') !== state)
          void tell(browser, 400, OTHER)
        else resolve({ address, browser })
      })
      late = setTimeout(() => reject(tooLong()), patienceSecs * 1000)
      const shown = session.signIn({
        ...asked,
        redirectUri,
        open(url) {
          state = new URL(url).searchParams.get('state')
          return open(url)
        },
      })
      shown.catch(reject)
    })
    const { address, browser } = await until(asked.signal, back)
    return await finish(session, address, browser)
  } finally {
    clearTimeout(late)
    server.close()
    server.closeAllConnections()
  }
}

/** The program knows more than the page says. */
async function finish(
  session: Session,
  address: URL,
  browser: ServerResponse,
): Promise<CallbackResult['identity']> {
  try {
    const result = await session.handleCallback(address)
    await tell(browser, 200, 'You are signed in. You can close this page.')
    return result?.identity ?? null
  } catch (cause) {
    await tell(
      browser,
      400,
      'You are not signed in; the program says why. You can close this page.',
    )
    throw cause
  }
}

/** Shows the person a page; a browser that left needs none. */
async function tell(browser: ServerResponse, status: number, text: string): Promise<void> {
  const page = `<!doctype html><meta charset="utf-8"><title>Sign-in</title><p>${text}</p>\n`
  await new Promise<void>((resolve) => {
    browser.once('close', resolve)
    browser.writeHead(status, HEADERS).end(page)
    if (browser.destroyed) resolve()
  })
}

function tooLong(): SessionError {
  return new SessionError('state_expired', 'this sign-in took too long: sign in again')
}

const HOST = '127.0.0.1'
const PATH = '/callback'
const PATIENCE = 300
const NOTHING = 'There is nothing here.'
const OTHER = 'This belongs to no sign-in that is under way here.'
const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  Connection: 'close',
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'",
}
