// Whoever does nothing is signed out, also over sleep, and never while they are at work.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { ReapitConnectBrowserSession } from '../src/index.ts'
import { IdleClock } from '../src/idle.ts'
import { recorded } from './support/recorded.ts'
import { Tab } from './support/tab.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
afterEach(() => void vi.useRealTimers())

const LIMIT = 60_000

function open(tab: Tab, options: { connectIdleFromStart?: boolean } = {}): () => number {
  new ReapitConnectBrowserSession({
    connectOAuthUrl: 'https://connect.example',
    connectClientId: crypto.randomUUID(),
    connectApplicationTimeout: LIMIT,
    ...options,
  })
  return () => tab.visits.filter((visit) => visit.includes('/logout?')).length
}

const act = (tab: Tab, name = 'mousemove'): void => void tab.document.dispatchEvent(new Event(name))

/** The time passes, and no timer with it, as in sleep. */
const sleep = (span: number): void => void vi.setSystemTime(Date.now() + span)

test('a page that was never touched is left alone, as it was recorded', () => {
  const tab = new Tab('/x')
  const signedOut = open(tab)
  vi.advanceTimersByTime(10 * LIMIT)
  expect(signedOut()).toBe(0)
  act(tab)
  vi.advanceTimersByTime(LIMIT)
  expect(signedOut() === 1).toBe(recorded.idle.navigated_after_activity)
})

test('it can count from the start', () => {
  const tab = new Tab('/x')
  const signedOut = open(tab, { connectIdleFromStart: true })
  vi.advanceTimersByTime(LIMIT)
  expect(signedOut()).toBe(1)
})

test.each(['mousemove', 'keydown', 'pointerdown', 'touchstart', 'wheel', 'scroll'])(
  'the activity %s keeps a person signed in',
  (name) => {
    const tab = new Tab('/x')
    const signedOut = open(tab)
    for (let minute = 0; minute < 10; minute += 1) {
      act(tab, name)
      vi.advanceTimersByTime(LIMIT - 1)
    }
    expect(signedOut()).toBe(0)
  },
)

test('the time asleep counts', () => {
  const tab = new Tab('/x')
  const signedOut = open(tab)
  act(tab)
  sleep(8 * LIMIT)
  act(tab, 'visibilitychange')
  expect(signedOut()).toBe(1)
})

test('activity after the limit comes too late', () => {
  const tab = new Tab('/x')
  const signedOut = open(tab)
  act(tab)
  sleep(8 * LIMIT)
  act(tab)
  expect(signedOut()).toBe(1)
})

test('a clock that is set back signs nobody out', () => {
  const tab = new Tab('/x')
  const signedOut = open(tab)
  act(tab)
  sleep(-8 * LIMIT)
  act(tab, 'visibilitychange')
  act(tab)
  vi.advanceTimersByTime(LIMIT - 1)
  expect(signedOut()).toBe(0)
})

test('the handlers of the application stay its own', () => {
  const own = (): void => undefined
  const tab = new Tab('/x')
  Object.assign(tab.document, { onmousemove: own })
  open(tab)
  expect(Reflect.get(tab.document, 'onmousemove')).toBe(own)
})

test('inside the desktop program nobody is signed out', () => {
  const tab = new Tab('/x', undefined, { __REAPIT_MARKETPLACE_GLOBALS__: {} })
  const signedOut = open(tab)
  act(tab)
  vi.advanceTimersByTime(2 * LIMIT)
  expect(signedOut()).toBe(0)
})

test('what is done in another page counts', async () => {
  new Tab('/x')
  const over = vi.fn()
  const quiet = new IdleClock(LIMIT, 'shared', over)
  const busy = new IdleClock(LIMIT, 'shared', () => undefined)
  quiet.touched()
  vi.advanceTimersByTime(LIMIT - 10)
  const heard = vi.fn()
  const channel = new BroadcastChannel('REAPIT_ACTIVITY_shared')
  channel.onmessage = heard
  busy.touched()
  // Messages take their real time.
  const turns = async (): Promise<void> => void (await new Promise((turn) => setImmediate(turn)))
  while (heard.mock.calls.length === 0) await turns()
  for (let more = 0; more < 20; more += 1) await turns()
  channel.close()
  vi.advanceTimersByTime(LIMIT - 10)
  expect(over).not.toHaveBeenCalled()
  vi.advanceTimersByTime(10)
  expect(over).toHaveBeenCalledOnce()
})

test('a limit longer than a timer can count does not fire at once', () => {
  new Tab('/x')
  const over = vi.fn()
  new IdleClock(2 ** 40, 'long', over).touched()
  vi.advanceTimersByTime(2 ** 31)
  expect(over).not.toHaveBeenCalled()
})
