import type { ReapitConnectBrowserSession } from './browser_session.js'
import { react } from './load_react.js'
import { shownBy, type Shown } from './shown.js'
import type { ReapitConnectHook, ReapitConnectSession } from './types.js'

/** The session of a component; it renders again when the session changes. */
export const useReapitConnect = (
  reapitConnectBrowserSession: ReapitConnectBrowserSession,
): ReapitConnectHook => {
  const React = react()
  const session = reapitConnectBrowserSession
  const shown = shownBy(session)
  const connectSession = useShown(shown)

  React.useEffect(() => connectAndAgain(session, shown), [session, shown])

  const connectAuthorizeRedirect = React.useCallback(
    (redirectUri?: string) => {
      session.connectAuthorizeRedirect(redirectUri)?.catch((cause: unknown) => console.error(cause))
    },
    [session],
  )
  const connectLoginRedirect = React.useCallback(
    (redirectUri?: string) => session.connectLoginRedirect(redirectUri),
    [session],
  )
  const connectLogoutRedirect = React.useCallback(
    (redirectUri?: string) => session.connectLogoutRedirect(absolute(redirectUri)),
    [session],
  )
  return {
    connectSession,
    connectAuthorizeRedirect,
    connectLoginRedirect,
    connectLogoutRedirect,
    connectInternalRedirect: session.connectInternalRedirect,
    connectIsDesktop: session.connectIsDesktop,
    connectHasSession: session.connectHasSession,
    connectClearSession: session.connectClearSession,
  }
}

/** Connects, and once more whenever the page is back on the network or in sight without a session. */
function connectAndAgain(session: ReapitConnectBrowserSession, shown: Shown): () => void {
  // A double in somebody's test may give a session instead of a promise.
  const connect = async (): Promise<void> => {
    const got = await session.connectSession()
    if (got) shown.set(got)
  }
  const again = (): void => {
    if (shown.get() || document.visibilityState !== 'visible') return
    connect().catch((cause: unknown) => console.error(cause))
  }
  connect().catch((cause: unknown) => console.error(cause))
  window.addEventListener('online', again)
  window.addEventListener('focus', again)
  return () => {
    window.removeEventListener('online', again)
    window.removeEventListener('focus', again)
  }
}

/** `useSyncExternalStore`, which React has had since version 18, or what does the same before. */
const useShown = (shown: Shown): ReapitConnectSession | null => {
  const native = (react() as Partial<ReturnType<typeof react>>)[NATIVE]
  return native ? native(shown.subscribe, shown.get, nothing) : useOlderStore(shown)
}

/** Rendering does not pause before React 18, so what was read is what is shown. */
const useOlderStore = (shown: Shown): ReapitConnectSession | null => {
  const React = react()
  const [, render] = React.useState({})
  const rendered = shown.get()
  React.useEffect(() => {
    const end = shown.subscribe(() => render({}))
    // It may have changed between rendering and this.
    if (shown.get() !== rendered) render({})
    return () => void end()
  }, [shown])
  return rendered
}

/** The original ignored it here; no server takes an address without an origin. */
function absolute(redirectUri: unknown): string | undefined {
  if (typeof redirectUri !== 'string') return undefined
  const isPath = /^\/(?!\/)/.test(redirectUri)
  return isPath ? `${location.origin}${redirectUri}` : redirectUri
}

const nothing = (): null => null
/** A name that bundlers do not look for among the exports of an older React. */
const NATIVE = 'useSyncExternalStore'
