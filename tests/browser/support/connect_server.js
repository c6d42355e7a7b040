// `tenure dev` behind a proxy that writes down every request of an application.

import { startBehindProxy } from './proxy.js'

/** Starts both; access tokens live an hour, as the package takes them for expired early. */
export async function startRecorded() {
  const log = []
  const tenure = await startBehindProxy({ accessTokenTtl: 3600, seen: (entry) => log.push(entry) })
  return {
    ...tenure,
    /** What was asked since the last time, without the pages that a person sees in between. */
    taken: () => log.splice(0).filter(isOfApplication),
  }
}

function isOfApplication({ method, url }) {
  const form = url.startsWith('/login') && (method === 'POST' || url.startsWith('/login?continue='))
  return !form && url !== '/favicon.ico' && url !== '/metrics'
}
