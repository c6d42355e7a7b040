// What a page needs only where somebody signs in: loaded then, and not before.
import { namesIn, readCallback } from './callback.js'
import { SessionError } from './errors.js'
import { until } from './http.js'
import { begin, finish, type LoginContext } from './login.js'
import { comesBack, isAt, LONGEST_SIGN_IN, offerCallback } from '../../parts/popup.js'
import { fateOf } from './pending_login.js'
import { allowRedirect, forgetRedirects } from './redirects.js'
import type { CallbackResult, SignInOptions } from './types.js'

/** By redirect the page leaves and this never resolves; by popup it does when signed in. */
export async function signIn(
  context: LoginContext,
  asked: SignInOptions,
  popup: Window | null,
): Promise<void> {
  const redirectUri = comesBackTo(asked.redirectUri ?? context.options.redirectUri)
  if (asked.open) {
    return asked.open(await begin(context, asked, redirectUri, asked.returnTo ?? '/'))
  }
  const { pathname, search, hash } = location
  if (popup) {
    const url = await begin(context, asked, redirectUri, '')
    popup.location.href = url
    const state = new URL(url).searchParams.get('state')
    return signInWith(context, popup, redirectUri, channelOf(context, state), asked.signal)
  }
  admit(context)
  const url = await begin(context, asked, redirectUri, asked.returnTo ?? pathname + search + hash)
  // Whoever gave up meanwhile stays where they are.
  asked.signal?.throwIfAborted()
  location.assign(url)
  await until(asked.signal, new Promise<never>(() => undefined))
}

/** Waits for the window and finishes its sign-in, even if it comes when nobody waits any more. */
async function signInWith(
  context: LoginContext,
  opened: Window,
  redirectUri: string,
  channel: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted()
  const finishAt = (address: URL): Promise<unknown> =>
    finish(context, readCallback(context.core, address) ?? [])
  const back = comesBack({
    opened,
    isBack: (address) =>
      isAt(address, redirectUri) && /[?#&](code|error)=/.test(address.search + address.hash),
    channel,
    limit: LONGEST_SIGN_IN,
    late: (address) => void finishAt(address).catch(() => undefined),
    signal,
  })
  const address = await until(signal, back)
  if (address instanceof URL) return void (await finishAt(address))
  const why = address === 'closed' ? 'was closed' : 'did not come back for ten minutes'
  throw new SessionError('popup_closed', `the window ${why}: the sign-in is not finished`)
}

/**
 * A path is one of this page's origin. What is written in full stays so, character by character,
 * for the issuer compares it so.
 */
function comesBackTo(given: string | undefined): string {
  if (typeof location !== 'object') return given ?? ''
  const path = given ?? '/'
  return path.startsWith('/') ? location.origin + path : path
}

/** Finishes the sign-in that an address, read by `readCallback`, answers; `own`: the page's. */
export async function finishCallback(
  context: LoginContext,
  address: URL,
  read: string[],
  own: boolean,
): Promise<CallbackResult> {
  if (own) tidyAddress(address, namesIn(context.core))
  const state = read[0] === 'code' ? read[2] : read[3]
  const fate = (): string | undefined => fateOf(context.name, state)
  if (fate() === 'of a popup') {
    const taken = (): boolean => fate() !== 'of a popup'
    if (await offerCallback(address, channelOf(context, state), taken)) {
      window.close()
      return { returnTo: null, identity: null }
    }
  }
  const result = await finish(context, read)
  forgetRedirects(redirectsOf(context))
  return result
}

/** Takes the answer out of the address, so that a reload does not show it again. */
function tidyAddress({ href }: URL, names: string[]): void {
  const address = new URL(href)
  for (const name of [...names, 'session_state']) address.searchParams.delete(name)
  if (/[#&](code|error)=/.test(address.hash)) address.hash = ''
  history.replaceState(history.state, '', address)
}

/** Stops a loop of redirects. */
function admit(context: LoginContext): void {
  if (allowRedirect(context.core, redirectsOf(context))) return
  throw new SessionError(
    'redirect_loop',
    'signing in came back three times within ten seconds: look at why it does not last',
  )
}

/** The key of when this tab was sent to sign in. */
function redirectsOf({ name }: LoginContext): string {
  return `${name}:redirects`
}

function channelOf({ name }: LoginContext, state: string | null | undefined): string {
  return `${name}:popup:${state ?? ''}`
}
