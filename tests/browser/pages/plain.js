// An application without a framework. The tests drive it from outside.

import { createSession, SessionError } from '@tenure/client'

const settings = JSON.parse(sessionStorage.getItem('settings') ?? localStorage.getItem('settings') ?? 'null')
if (settings) {
  const session = createSession({
    redirectUri: `${location.origin}/callback`,
    scope: 'openid profile offline_access',
    ...settings,
    allowedOrigins: 'dangerous_any',
  })
  globalThis.session = session
  globalThis.happened = []
  for (const name of ['signedIn', 'refreshed', 'userChanged', 'signedOut', 'refreshFailed', 'storageUnavailable']) {
    session.on(name, (event) =>
      happened.push({ name, ...event, ...(event.error ? { error: event.error.code ?? String(event.error) } : {}) }),
    )
  }
  globalThis.outcome = (promise) =>
    promise.then(
      (value) => ({ value }),
      (error) => (error instanceof SessionError ? told(error) : { code: String(error) }),
    )
  globalThis.callback = location.pathname === '/callback' ? outcome(session.handleCallback()) : null
}
globalThis.loaded = true

/** What a program can tell by, without what is not there. */
function told({ code, reason, detail, temporary }) {
  return JSON.parse(JSON.stringify({ code, reason, detail, temporary }))
}
