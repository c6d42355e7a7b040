// An application of the package in whatever version. The tests drive it from outside; the hook is
// used only where they say so, since it signs in by itself.

export function start({ connect, createElement, render }) {
  const settings = JSON.parse(sessionStorage.getItem('settings') ?? 'null')
  globalThis.loaded = true
  if (!settings) return
  const session = new connect.ReapitConnectBrowserSession({
    connectLoginRedirectPath: '/cb',
    ...settings.session,
  })
  globalThis.connect = connect
  globalThis.session = session
  if (!settings.hook) return
  function App() {
    const hook = connect.useReapitConnect(session)
    globalThis.hook = hook
    if (!hook.connectSession) return null
    return createElement('pre', { id: 'ok' }, JSON.stringify(hook.connectSession.loginIdentity))
  }
  render(createElement(App), document.getElementById('root'))
}
