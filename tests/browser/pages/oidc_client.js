// An application with npm's `oidc-client-ts`, as its documentation has it. The tests drive it from outside.

import { UserManager, WebStorageStateStore } from 'oidc-client-ts'

const settings = JSON.parse(localStorage.getItem('settings') ?? 'null')
if (settings) {
  const manager = new UserManager({
    redirect_uri: `${location.origin}/callback`,
    post_logout_redirect_uri: `${location.origin}/`,
    scope: 'openid profile offline_access',
    loadUserInfo: true,
    userStore: new WebStorageStateStore({ store: localStorage }),
    ...settings,
  })
  globalThis.manager = manager
  globalThis.failed = []
  globalThis.renewed = 0
  manager.events.addSilentRenewError((error) => failed.push(error.message))
  manager.events.addUserLoaded(() => (globalThis.renewed += 1))
  if (location.pathname === '/callback') await manager.signinCallback()
}
globalThis.loaded = true
