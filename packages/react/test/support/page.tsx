import { act, StrictMode, type ReactNode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach } from 'vitest'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

/** A page with one React root. */
export interface Page {
  readonly root: Root
  readonly text: string
  render(element: ReactNode): Promise<void>
  leave(): Promise<void>
}

/** Shows an element under StrictMode in a page of its own, which the test leaves at its end. */
export async function open(element: ReactNode): Promise<Page> {
  const container = document.body.appendChild(document.createElement('main'))
  const root = createRoot(container)
  const page: Page = {
    root,
    get text() {
      return container.textContent
    },
    render: (next) => act(async () => root.render(<StrictMode>{next}</StrictMode>)),
    leave: () =>
      act(async () => {
        root.unmount()
        container.remove()
      }),
  }
  pages.push(page)
  await page.render(element)
  return page
}

/** Waits until the condition holds, and lets React work meanwhile. */
export async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`it never came to this: ${holds}`)
    await act(() => new Promise((resolve) => setTimeout(resolve, 5)))
  }
}

afterEach(async () => {
  for (const page of pages.splice(0)) await page.leave()
})

const pages: Page[] = []
