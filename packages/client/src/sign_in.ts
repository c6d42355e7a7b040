// What a page needs only where somebody signs in: loaded then, and not before.
import { readCallback } from './callback.js'
import { SessionError } from './errors.js'
import { until } from './http.js'
import { begin, finish, type Parts } from './login.js'
import { awaitPopup, offerCallback } from './popup.js'
import { Records } from './records.js'
import type { CallbackResult, SignInOptions } from './types.js'

/** By redirect the page leaves and this never resolves; by popup it does when signed in. */
export async function signIn(
  parts: Parts,
  asked: SignInOptions,
  popup: Window | null,
): Promise<void> {
  const given = asked.redirectUri ?? parts.options.redirectUri
  if (asked.open) {
    return asked.open(await begin(parts, asked, given ?? '', asked.returnTo ?? '/'))
  }
  const { origin, pathname, search, hash } = location
  const redirectUri = given ?? origin + pathname
  if (popup) {
    const url = await begin(parts, asked, redirectUri, '')
    popup.location.href = url
    const channel = channelOf(parts, new URL(url).searchParams.get('state'))
    const address = await until(asked.signal, awaitPopup(popup, redirectUri, channel))
    await finish(parts, readCallback(parts.core, address) ?? [])
    return
  }
  admit(parts)
  const url = await begin(parts, asked, redirectUri, asked.returnTo ?? pathname + search + hash)
  // Whoever gave up meanwhile stays where they are.
  asked.signal?.throwIfAborted()
  location.assign(url)
  await until(asked.signal, new Promise<never>(() => undefined))
}

/** Finishes the sign-in that the address of the page, read by `readCallback`, answers. */
export async function finishCallback(
  parts: Parts,
  address: URL,
  read: string[],
): Promise<CallbackResult> {
  const state = read[0] === 'code' ? read[2] : read[3]
  const fate = (): string | undefined => {
    const record = new Records(parts.name).all().find(([known]) => known === state)
    // Only a sign-in by popup has nowhere to return to.
    return record && record[2] === 'pending' && record[7] === '' ? 'of a popup' : record?.[2]
  }
  if (fate() === 'of a popup') {
    const taken = (): boolean => fate() !== 'of a popup'
    if (await offerCallback(address, channelOf(parts, state), taken)) {
      window.close()
      return { returnTo: null, identity: null }
    }
  }
  const result = await finish(parts, read)
  redirects(parts, '')
  return result
}

/** Stops a loop of redirects: three in ten seconds. */
function admit(parts: Parts): void {
  const [kind, ...times] = parts.core.ask(
    'admit',
    Date.now(),
    3,
    10_000,
    ...redirects(parts).split(' '),
  )
  if (kind === 'ok') return void redirects(parts, times.join(' '))
  throw new SessionError(
    'redirect_loop',
    'signing in came back three times within ten seconds: look at why it does not last',
  )
}

/** When this tab was sent to sign in, before and now. */
function redirects({ name }: Parts, now?: string): string {
  try {
    const key = `${name}:redirects`
    const before = sessionStorage.getItem(key) ?? ''
    if (now !== undefined) sessionStorage.setItem(key, now)
    return before
  } catch {
    // Without it a loop is not noticed; nothing else is lost.
    return ''
  }
}

function channelOf({ name }: Parts, state: string | null | undefined): string {
  return `${name}:popup:${state ?? ''}`
}
