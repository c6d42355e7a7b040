// @vitest-environment jsdom

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { configure } from '../src/config.js'
import { answerIn, backIn, isAnswer, tellSignedOut } from '../src/windows.js'

/** No test waits: the clock of windows is moved by hand. */
beforeEach(() => {
  configure({ platform: 'web', tenure: { signInWindowSecs: 600, signOutWindowSecs: 60 } })
  vi.useFakeTimers({
    toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'Date'],
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const BACK = 'http://localhost/callback'

/** A window as the page that opened it sees it. */
function opened(): Window & { go(href: string): void } {
  const seen = { closed: false, location: { href: 'about:blank' } }
  return Object.assign(seen, {
    close: () => (seen.closed = true),
    go: (href: string) => (seen.location.href = href),
  }) as never
}

/** What a page in a window says; `state` names who hears it. */
function tell(href: string, state = 'mine'): void {
  const channel = new BroadcastChannel(`tenure:auth-connect:window:${state}`)
  channel.postMessage(href)
  channel.close()
}

/** Where the person is: in this page, or in the window. */
function focus(here: boolean): void {
  vi.spyOn(document, 'hasFocus').mockReturnValue(here)
}

const late = vi.fn()

test.each([
  [`${BACK}?code=x&state=mine`, true],
  [`${BACK}?error=access_denied`, true],
  [`${BACK}#id_token=x`, true],
  [`${BACK}?decode=x`, false],
  [BACK, false],
])('%s is an answer: %s', (address, expected) => {
  expect(isAnswer(new URL(address))).toBe(expected)
})

test('only an answer at the redirect address counts', async () => {
  const own = opened()
  const waiting = answerIn(own, BACK, 'mine', late)
  for (const other of ['http://localhost/login?code=1', `${BACK}/more?code=2`, BACK]) {
    own.go(other)
    vi.advanceTimersByTime(500)
    expect(own.closed).toBe(false)
  }
  own.go(`${BACK}?code=3&state=mine`)
  vi.advanceTimersByTime(500)
  expect((await waiting).searchParams.get('code')).toBe('3')
  expect(own.closed).toBe(true)
})

test('a window that another page waits for does not end the wait here', async () => {
  const own = opened()
  const waiting = answerIn(own, BACK, 'mine', late)
  tell(`${BACK}?code=1&state=theirs`, 'theirs')
  tell(`${BACK}?code=2&state=mine`)
  expect((await waiting).searchParams.get('code')).toBe('2')
})

test('a window that is closed is a rejection for signing in, and an end for signing out', async () => {
  focus(true)
  const own = opened()
  own.close()
  const signingIn = expect(answerIn(own, BACK, 'mine', late)).rejects.toMatchObject({
    code: 'popup_closed',
  })
  const signingOut = backIn(own, 'http://localhost/')
  vi.advanceTimersByTime(1_000)
  await signingIn
  expect(await signingOut).toBe(true)
})

test('a window that looks closed while the person is in it is waited for', async () => {
  focus(false)
  const own = opened()
  own.close()
  const waiting = answerIn(own, BACK, 'mine', late)
  vi.advanceTimersByTime(599_000)
  tell(`${BACK}?code=1&state=mine`)
  expect((await waiting).searchParams.get('code')).toBe('1')
})

test('an answer that comes after the window was given up goes where late ones go, once', async () => {
  focus(true)
  const own = opened()
  own.close()
  const waiting = expect(answerIn(own, BACK, 'mine', late)).rejects.toThrow('was closed')
  vi.advanceTimersByTime(1_000)
  await waiting
  tell(`${BACK}?code=1&state=mine`)
  tell(`${BACK}?code=2&state=mine`)
  await vi.waitFor(() => expect(late).toHaveBeenCalled())
  expect(late).toHaveBeenCalledExactlyOnceWith(new URL(`${BACK}?code=1&state=mine`))
})

test('a window that stays away is given up and closed, from signing in and from signing out', async () => {
  const [one, other] = [opened(), opened()]
  const signingIn = expect(answerIn(one, BACK, 'mine', late)).rejects.toMatchObject({
    code: 'popup_closed',
  })
  const signingOut = backIn(other, 'http://localhost/bye')
  vi.advanceTimersByTime(60_000)
  expect(await signingOut).toBe(false)
  expect([one.closed, other.closed]).toEqual([false, true])
  vi.advanceTimersByTime(540_000)
  await signingIn
  expect(one.closed).toBe(true)
})

test('a window that may not be looked into is waited for', async () => {
  const own = opened()
  const location = vi.fn((): { href: string } => {
    throw new DOMException('another origin', 'SecurityError')
  })
  Object.defineProperty(own, 'location', { get: location })
  const waiting = backIn(own, 'http://localhost/bye')
  vi.advanceTimersByTime(500)
  expect(location).toHaveBeenCalled()
  location.mockReturnValue({ href: 'http://localhost/bye' })
  vi.advanceTimersByTime(500)
  expect(await waiting).toBe(true)
})

test('a window that was cut off says that it is back from signing out, and closes itself', async () => {
  focus(false)
  const close = vi.spyOn(window, 'close').mockReturnValue()
  const own = opened()
  own.close()
  history.replaceState(null, '', '/elsewhere')
  const waiting = backIn(own, `${location.origin}/bye`)
  tellSignedOut()
  expect(close).not.toHaveBeenCalled()
  history.replaceState(null, '', '/bye')
  tellSignedOut()
  expect(close).toHaveBeenCalled()
  expect(await waiting).toBe(true)
  // Nobody signs out any more: a page at that address is a page like any other.
  close.mockClear()
  tellSignedOut()
  expect(close).not.toHaveBeenCalled()
})

test('another page at the address does not end the wait for a window that can be looked into', async () => {
  vi.spyOn(window, 'close').mockReturnValue()
  const own = opened()
  history.replaceState(null, '', '/bye')
  const waiting = backIn(own, `${location.origin}/bye`)
  const other = new BroadcastChannel('tenure:auth-connect:window:')
  const heard = new Promise((resolve) => (other.onmessage = resolve))
  tellSignedOut()
  await heard
  other.close()
  expect(own.closed).toBe(false)
  own.go(`${location.origin}/bye`)
  vi.advanceTimersByTime(500)
  expect(await waiting).toBe(true)
})
