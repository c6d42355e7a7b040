import * as React from 'react'

import type { ReapitConnectBrowserSession } from './browser_session.js'
import { shownBy, type Shown } from './shown.js'
import type { ReapitConnectHook, ReapitConnectSession } from './types.js'

/** The session of a component; it renders again when the session changes. */
export const useReapitConnect = (
  reapitConnectBrowserSession: ReapitConnectBrowserSession,
): ReapitConnectHook => {
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
    (redirectUri?: string) => session.connectLogoutRedirect(redirectUri),
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
  const connect = (): void => {
    session
      .connectSession()
      .then((got) => {
        if (got) shown.set(got)
      })
      .catch((cause: unknown) => console.error(cause))
  }
  const again = (): void => {
    if (!shown.get() && document.visibilityState === 'visible') connect()
  }
  connect()
  window.addEventListener('online', again)
  window.addEventListener('focus', again)
  return () => {
    window.removeEventListener('online', again)
    window.removeEventListener('focus', again)
  }
}

/** `useSyncExternalStore`, which React has had since version 18, or what does the same before. */
const useShown = (shown: Shown): ReapitConnectSession | null => {
  const native = (React as { useSyncExternalStore?: typeof React.useSyncExternalStore })[NATIVE]
  return native ? native(shown.subscribe, shown.get, nothing) : useOlderStore(shown)
}

/** Rendering does not pause before React 18, so what was read is what is shown. */
const useOlderStore = (shown: Shown): ReapitConnectSession | null => {
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

const nothing = (): null => null
/** A name that bundlers do not look for among the exports of an older React. */
const NATIVE = 'useSyncExternalStore'
