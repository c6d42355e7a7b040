// @vitest-environment jsdom

import { expect, test, vi } from 'vitest'
import { answerIn, backIn, isAnswer } from '../src/windows.js'

const BACK = 'http://localhost/callback'

/** A window as the page that opened it sees it. */
function opened(): Window & { go(href: string): void } {
  const seen = { closed: false, location: { href: 'about:blank' } }
  return Object.assign(seen, {
    close: () => (seen.closed = true),
    go: (href: string) => (seen.location.href = href),
  }) as never
}

function tell(href: string): void {
  const channel = new BroadcastChannel('tenure:auth-connect:window')
  channel.postMessage(href)
  channel.close()
}

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
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const own = opened()
  const waiting = answerIn(own, BACK, 'mine')
  for (const other of ['http://localhost/login?code=1', `${BACK}/more?code=2`, BACK]) {
    own.go(other)
    vi.advanceTimersByTime(500)
    expect(own.closed).toBe(false)
  }
  own.go(`${BACK}?code=3&state=mine`)
  vi.advanceTimersByTime(500)
  vi.useRealTimers()
  expect((await waiting).searchParams.get('code')).toBe('3')
  expect(own.closed).toBe(true)
})

test('a window that another page waits for does not end the wait here', async () => {
  const own = opened()
  const waiting = answerIn(own, BACK, 'mine')
  tell(`${BACK}?code=1&state=theirs`)
  tell(`${BACK}?code=2&state=mine`)
  expect((await waiting).searchParams.get('code')).toBe('2')
})

test('a window that is closed is a rejection for signing in, and an end for signing out', async () => {
  const own = opened()
  own.close()
  await expect(answerIn(own, BACK, 'mine')).rejects.toMatchObject({ code: 'popup_closed' })
  await backIn(own, 'http://localhost/')
})

test('a window that may not be looked into is waited for', async () => {
  const own = opened()
  const location = vi.fn((): { href: string } => {
    throw new DOMException('another origin', 'SecurityError')
  })
  Object.defineProperty(own, 'location', { get: location })
  const waiting = backIn(own, 'http://localhost/bye')
  await vi.waitFor(() => expect(location).toHaveBeenCalled())
  location.mockReturnValue({ href: 'http://localhost/bye' })
  await waiting
})
