import type { Session } from '@tenure/client'
import { startTransition, useLayoutEffect, useState, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { SessionProvider, useSession } from '../src/index.js'
import { startIssuer, type TestIssuer } from './support/issuer.js'
import { memorySession, tokensOf } from './support/session.js'

// The scheduler itself decides here when to go on, as in a page.
Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: false })

let issuer: TestIssuer
beforeAll(async () => void (issuer = await startIssuer()))
afterAll(() => issuer.close())

it('shows no mix of two people where the session changes in the middle of a render', async () => {
  const { rendered, shown } = await showWhileItChanges(() => useSession().identity?.name)
  // It did change in the middle: both were rendered.
  expect(rendered).toEqual(new Set(['Ada', 'Grace']))
  expect(shown.map((names) => new Set(names).size)).toEqual(shown.map(() => 1))
  expect(shown.at(-1)?.[0]).toBe('Grace')
})

it('and the scene would show one, if there were one', async () => {
  const { shown } = await showWhileItChanges((session) => session.identity?.name)
  expect(shown.some((names) => new Set(names).size > 1)).toBe(true)
})

/** Renders forty slow components in a transition and changes the session half-way. */
async function showWhileItChanges(
  useName: (session: Session) => string | undefined,
): Promise<{ rendered: Set<string>; shown: string[][] }> {
  const session = memorySession(issuer)
  await session.adopt(tokensOf('Ada'))
  const container = document.body.appendChild(document.createElement('main'))
  const rendered = new Set<string>()
  const shown: string[][] = []
  let changing: Promise<void> | undefined

  const Slow = ({ at }: { at: number }): ReactNode => {
    const name = useName(session) ?? 'nobody'
    rendered.add(name)
    if (at === COUNT / 2) changing ??= session.adopt(tokensOf('Grace'))
    const end = performance.now() + 6
    while (performance.now() < end);
    return <li>{name}</li>
  }
  let mounted = false
  let show = (): void => undefined
  const List = (): ReactNode => {
    const [there, setThere] = useState(false)
    show = () => startTransition(() => setThere(true))
    useLayoutEffect(() => {
      mounted = true
      const names = [...container.querySelectorAll('li')].map((item) => item.textContent)
      if (names.length > 0) shown.push(names)
    })
    return there && Array.from({ length: COUNT }, (_, at) => <Slow key={at} at={at} />)
  }
  const root = createRoot(container)
  root.render(
    <SessionProvider session={session}>
      <List />
    </SessionProvider>,
  )
  await vi.waitFor(() => expect(mounted).toBe(true), 20_000)
  show()
  await vi.waitFor(() => expect(shown.length).toBeGreaterThan(0), 20_000)
  await changing
  await vi.waitFor(() => expect(container.querySelectorAll('li').length).toBe(COUNT))
  root.unmount()
  container.remove()
  return { rendered, shown }
}

const COUNT = 40
