import { act, StrictMode, type ReactNode } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { Protected, SessionProvider, SignedIn, useAccessToken, useSession } from '../src/index.js'
import { startIssuer, type TestIssuer } from './support/issuer.js'
import { until } from './support/page.js'
import { memorySession, tokensOf } from './support/session.js'

let issuer: TestIssuer
beforeAll(async () => void (issuer = await startIssuer()))
afterAll(() => issuer.close())

function Who(): ReactNode {
  const { status, identity } = useSession()
  const { token, loading } = useAccessToken()
  return <p>{`${status} ${identity?.name ?? ''} ${token} ${loading}`}</p>
}

it('takes the HTML of a server over, where the page knows more already', async () => {
  const said = vi.spyOn(console, 'error')
  const complaints: unknown[] = []
  const session = memorySession(issuer)
  await session.adopt(tokensOf('Ada'))
  const page = (
    <StrictMode>
      <SessionProvider session={session}>
        <Who />
        <SignedIn>in</SignedIn>
        <Protected fallback="wait">secret</Protected>
      </SessionProvider>
    </StrictMode>
  )
  const html = renderToString(page)
  expect(html).toBe('<p>loading  null true</p>wait')
  const container = document.body.appendChild(document.createElement('main'))
  container.innerHTML = html
  const served = container.firstChild
  const root = await act(async () =>
    hydrateRoot(container, page, { onRecoverableError: (error) => complaints.push(error) }),
  )
  await until(() => container.textContent.includes('access of Ada'))
  expect(container.textContent).toBe('signed_in Ada access of Ada falseinsecret')
  expect(container.firstChild).toBe(served)
  expect(complaints).toEqual([])
  expect(said).not.toHaveBeenCalled()
  await act(async () => root.unmount())
})

it('shows a server nothing of a session that it happens to know', async () => {
  const session = memorySession(issuer)
  await session.adopt(tokensOf('Ada'))
  const html = renderToString(
    <SessionProvider session={session}>
      <Protected>secret of Ada</Protected>
      <SignedIn>for Ada</SignedIn>
    </SessionProvider>,
  )
  expect(html).toBe('')
})
