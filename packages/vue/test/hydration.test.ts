import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createSSRApp, h, type App } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { startIssuer, type TestIssuer } from '../../react/test/support/issuer.js'
import { listenersOf, memorySession, tokensOf } from '../../react/test/support/session.js'
import { Protected, SignedIn, tenure, useAccessToken, useSession } from '../src/index.js'
import { until } from './support.js'

let issuer: TestIssuer
beforeAll(async () => void (issuer = await startIssuer()))
afterAll(() => issuer.close())

it('takes the HTML of a server over, where the page knows more already', async () => {
  const said = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')]
  const session = memorySession(issuer)
  const listeners = listenersOf(session)
  await session.adopt(tokensOf('Ada'))
  const make = (): App => createSSRApp(Page).use(tenure, { session })
  const html = await renderToString(make())
  const shown = html.replaceAll(/<!--.*?-->/g, '')
  expect(shown).toBe('<main><p>loading  null true</p><i>wait</i></main>')
  expect(listeners()).toBe(0)

  const container = document.body.appendChild(document.createElement('div'))
  container.innerHTML = html
  const served = container.querySelector('p')
  const app = make()
  app.mount(container)
  await until(() => container.textContent.includes('access of Ada'))
  expect(container.textContent).toBe('signed_in Ada access of Ada falseinsecret')
  expect(container.querySelector('p')).toBe(served)
  for (const spy of said) expect(spy).not.toHaveBeenCalled()
  app.unmount()
  expect(listeners()).toBe(0)
})

const Page = {
  setup() {
    const { status, identity } = useSession()
    const { token, loading } = useAccessToken()
    return () =>
      h('main', [
        h('p', `${status.value} ${identity.value?.name ?? ''} ${token.value} ${loading.value}`),
        h(SignedIn, () => 'in'),
        h(Protected, null, { default: () => 'secret', fallback: () => h('i', 'wait') }),
      ])
  },
}
