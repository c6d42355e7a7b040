// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { ConnectSignIn } from '../src/button.ts'
import { leave } from '../src/page.ts'
import { startIssuer, TOKEN_KEY, USER_KEY } from './support/app.ts'
import { refused } from './support/issuer.ts'

vi.mock('../src/page.ts', async (original) => ({
  ...(await original<typeof import('../src/page.ts')>()),
  leave: vi.fn(),
}))

beforeEach(() => {
  sessionStorage.clear()
  vi.mocked(leave).mockClear()
})
afterEach(() => {
  document.body.replaceChildren()
  history.replaceState(null, '', '/')
})

/** The button in a page, as markup puts it there. */
function place(attributes: Record<string, string>): ConnectSignIn {
  const element = document.createElement('connect-sign-in') as ConnectSignIn
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  document.body.append(element)
  return element
}

const button = (of: ConnectSignIn): HTMLButtonElement | null | undefined =>
  of.shadowRoot?.querySelector('button')
const text = (of: ConnectSignIn): string | null | undefined =>
  of.shadowRoot?.querySelector('span')?.textContent

function remember(): void {
  sessionStorage.setItem(TOKEN_KEY, 'refresh-0')
  sessionStorage.setItem(USER_KEY, 'ada@example.com')
}

test('it is an element, and waits to be pressed', async () => {
  const issuer = await startIssuer()
  const element = place({ 'oauth-url': issuer.url, 'client-id': 'client-1' })
  expect(element).toBeInstanceOf(ConnectSignIn)
  expect(button(element)?.textContent).toBe('Sign in')
  const session = element.session
  if (!session) throw new Error('it made no session')
  const connect = vi.spyOn(session, 'connectSession')
  const authorize = vi.spyOn(session, 'connectAuthorizeRedirect').mockResolvedValue()
  expect(connect).not.toHaveBeenCalled()
  button(element)?.click()
  expect(authorize).toHaveBeenCalledOnce()
  expect(button(element)?.getAttribute('aria-busy')).toBe('true')
  expect(issuer.log).toEqual([])
})

test('it asks for the form where it is told to', async () => {
  const issuer = await startIssuer()
  const element = place({ 'oauth-url': issuer.url, 'client-id': 'client-1', form: '' })
  const session = element.session
  if (!session) throw new Error('it made no session')
  const login = vi.spyOn(session, 'connectLoginRedirect').mockReturnValue()
  button(element)?.click()
  expect(login).toHaveBeenCalledOnce()
})

test('it goes on with a session that there is, tells of it, and signs out', async () => {
  remember()
  const issuer = await startIssuer()
  const heard = vi.fn()
  document.body.addEventListener('connect-session', heard)
  document.body.addEventListener('connect-signed-out', heard)
  const element = place({
    'oauth-url': issuer.url,
    'client-id': 'client-1',
    'sign-out-label': 'Goodbye',
  })
  await vi.waitFor(() => expect(text(element)).toBe('Ada Lovelace'))
  expect(button(element)?.textContent).toBe('Goodbye')
  expect(heard.mock.lastCall?.[0].detail.loginIdentity.name).toBe('Ada Lovelace')
  button(element)?.click()
  expect(text(element)).toBe('')
  expect(button(element)?.textContent).toBe('Sign in')
  expect(heard.mock.lastCall?.[0].type).toBe('connect-signed-out')
  expect(sessionStorage.getItem(TOKEN_KEY)).toBeNull()
  expect(leave).toHaveBeenCalledWith(expect.stringContaining('/logout?'))
})

test('a session that is over leaves the button to be pressed', async () => {
  remember()
  const issuer = await startIssuer()
  issuer.instead = refused
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const element = place({ 'oauth-url': issuer.url, 'client-id': 'client-1' })
  const soon = { timeout: 20_000 }
  await vi.waitFor(() => expect(sessionStorage.getItem(TOKEN_KEY)).toBeNull(), soon)
  await vi.waitFor(() => expect(button(element)?.hasAttribute('aria-busy')).toBe(false))
  expect(button(element)?.textContent).toBe('Sign in')
  expect(leave).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})

test('who comes back with a code goes on to where they were', async () => {
  const issuer = await startIssuer()
  history.replaceState(null, '', '/deep?x=1')
  const attributes = { 'oauth-url': issuer.url, 'client-id': 'client-1', 'go-back': '' }
  button(place(attributes))?.click()
  await vi.waitFor(() => expect(leave).toHaveBeenCalled())
  const { searchParams } = new URL(vi.mocked(leave).mock.lastCall?.[0] ?? '')
  history.replaceState(null, '', `/?code=some-code&state=${searchParams.get('state')}`)
  document.body.replaceChildren()
  place(attributes)
  await vi.waitFor(() => expect(leave).toHaveBeenLastCalledWith('/deep?x=1'))
})

test('without its attributes it says what it needs', () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const element = place({})
  expect(said).toHaveBeenCalledWith('connect-sign-in needs the attributes oauth-url and client-id')
  button(element)?.click()
  vi.restoreAllMocks()
})
