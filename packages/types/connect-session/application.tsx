// Applications as the original's guide has them written, with only the import changed.

import {
  ReapitConnectBrowserSession,
  ReapitConnectServerSession,
  useReapitConnect,
  type LoginIdentity,
  type ReapitConnectServerSessionInitializers,
  type ReapitConnectSession,
} from '@tenure/connect-session'
import type { FC, PropsWithChildren } from 'react'

export const reapitConnectBrowserSession = new ReapitConnectBrowserSession({
  connectClientId: 'some-client',
  connectOAuthUrl: 'https://connect.example',
  connectUserPoolId: 'some-pool',
  connectLoginRedirectPath: '/some-redirect-path',
  connectLogoutRedirectPath: '/some-login-path',
  connectApplicationTimeout: 10800000,
})

export async function fetchWith(url: string): Promise<Response | undefined> {
  const session: ReapitConnectSession | void = await reapitConnectBrowserSession.connectSession()
  if (!session) return undefined
  const identity: LoginIdentity = session.loginIdentity
  const office: string | null = identity.officeId
  const headers = { authorization: `Bearer ${session.accessToken}`, office: office ?? '' }
  return fetch(url, { headers })
}

export const PrivateRouteWrapper: FC<PropsWithChildren> = ({ children }) => {
  const { connectSession, connectInternalRedirect } = useReapitConnect(reapitConnectBrowserSession)
  if (!connectSession) return null
  return (
    <main data-redirect={connectInternalRedirect}>
      {connectSession.loginIdentity.name}
      {children}
    </main>
  )
}

export const LogoutButton: FC = () => {
  const { connectSession, connectLogoutRedirect } = useReapitConnect(reapitConnectBrowserSession)
  const leave = (): void => connectLogoutRedirect('/custom-login-path')
  return (
    <button disabled={!connectSession} onClick={leave}>
      Sign out
    </button>
  )
}

/** As a saga or a router's loader is given it. */
export const callbacks: (() => unknown)[] = [
  reapitConnectBrowserSession.connectSession,
  reapitConnectBrowserSession.connectClearSession,
]

export async function service(config: object): Promise<string | void> {
  const { connectClientId, connectClientSecret, connectOAuthUrl } =
    config as ReapitConnectServerSessionInitializers
  const session = new ReapitConnectServerSession({
    connectClientId,
    connectClientSecret,
    connectOAuthUrl,
  })
  return session.connectAccessToken()
}

// @ts-expect-error a client id is needed
export const unnamed = new ReapitConnectBrowserSession({ connectOAuthUrl: '' })
