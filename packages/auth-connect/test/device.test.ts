// On a device there is no native part: what works all the same, and what is said about the rest.

import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { AuthConnect, type AuthConnectConfig } from '../src/index.js'
import { startIssuer, type Issuer } from './issuer.js'
import { optionsFor, PlainProvider, signIn } from './sign_in.js'

const WEB = {
  platform: 'web',
  logLevel: 'NONE',
  web: { uiMode: 'current', authFlow: 'PKCE' },
} as const
const provider = new PlainProvider()

let issuer: Issuer
const said = vi.fn()
beforeAll(async () => {
  issuer = await startIssuer()
})
afterAll(() => issuer.stop())
beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(said))
afterEach(() => {
  vi.restoreAllMocks()
  said.mockReset()
})

test.each(['capacitor', 'cordova'] as const)(
  'on %s the setup says what does not work, and nothing that would be worse',
  async (platform) => {
    await AuthConnect.setup({ platform, logLevel: 'ERROR' })
    expect(said).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('has no native part'))
    expect(said.mock.calls[0]?.[0]).toContain(`on ${platform} login() cannot`)
    await expect(AuthConnect.login(provider, optionsFor(issuer))).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.not.stringContaining('use platform'),
    })
  },
)

test('on a device signing out ends the session here and revokes its tokens', async () => {
  await AuthConnect.setup(WEB)
  const result = await signIn(provider, issuer)
  const onLogoutCallback = vi.fn()
  const config: AuthConnectConfig = { platform: 'capacitor', logLevel: 'NONE', onLogoutCallback }
  await AuthConnect.setup(config)
  await AuthConnect.logout(provider, result)
  expect(onLogoutCallback).toHaveBeenCalledOnce()
  await vi.waitFor(() => expect(issuer.revoked).toEqual([result.refreshToken]))
  await expect(AuthConnect.refreshSession(provider, result)).rejects.toMatchObject({
    code: 'signed_out',
  })
})

test('on a device a session is refreshed', async () => {
  await AuthConnect.setup(WEB)
  const result = await signIn(provider, issuer)
  await AuthConnect.setup({ platform: 'capacitor', logLevel: 'NONE' })
  const next = await AuthConnect.refreshSession(provider, result)
  expect(next.accessToken).not.toBe(result.accessToken)
})
