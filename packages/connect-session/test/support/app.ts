import { expect, onTestFinished, vi } from 'vitest'

import { ReapitConnectBrowserSession } from '../../src/index.ts'
import type { ReapitConnectBrowserSessionInitializers } from '../../src/index.ts'
import { Issuer } from './issuer.ts'
import { Tab } from './tab.ts'

/** What the package wrote to the console. */
export interface Complaints {
  all: string[]
}

/** Notes what is written to the console, instead of writing it. */
export function complaints(): string[] {
  const all: string[] = []
  const spy = vi.spyOn(console, 'error').mockImplementation((...parts) => {
    all.push(parts.join(' '))
  })
  onTestFinished(() => spy.mockRestore())
  return all
}

/** Sets the clock forward, by seconds. */
export function clock(): (seconds: number) => void {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  return (seconds) => void vi.setSystemTime(Date.now() + seconds * 1000)
}

export async function startIssuer(): Promise<Issuer> {
  const issuer = await Issuer.start()
  onTestFinished(() => issuer.stop())
  return issuer
}

type Options = Partial<ReapitConnectBrowserSessionInitializers>

/** A session of a page, as it was made for the recording. */
export function open(issuer: Issuer, options: Options = {}): ReapitConnectBrowserSession {
  return new ReapitConnectBrowserSession({
    connectClientId: 'client-1',
    connectOAuthUrl: issuer.url,
    connectLoginRedirectPath: '/cb',
    ...options,
  })
}

/** Goes to sign in from `from`, and comes back with a code. */
export async function comeBack(
  issuer: Issuer,
  from = '/x',
  options: Options = {},
  more: Record<string, unknown> = {},
): Promise<Tab> {
  const before = new Tab(from, undefined, more)
  await open(issuer, options).connectSession()
  const [visit = ''] = before.visits
  const state = new URL(visit).searchParams.get('state')
  return new Tab(`/cb?code=some-code&state=${state}`, before, more)
}

/** A page where somebody is signed in. */
export async function signedIn(
  issuer: Issuer,
  options: Options = {},
  more: Record<string, unknown> = {},
): Promise<{ tab: Tab; session: ReapitConnectBrowserSession }> {
  const tab = await comeBack(issuer, '/x', options, more)
  const session = open(issuer, options)
  expect(await session.connectSession()).toBeTruthy()
  issuer.taken()
  return { tab, session }
}

export const TOKEN_KEY = 'REAPIT_REFRESH_TOKEN_ada@example.com_client-1'
export const USER_KEY = 'REAPIT_LAST_AUTH_USER_client-1'

/** Makes the present access token due. */
export const due = (session: ReapitConnectBrowserSession): void => session.connectClearSession()
