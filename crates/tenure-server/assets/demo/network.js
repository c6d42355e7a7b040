// The page's way to the network. It can be cut, and it notices who asks for new tokens.

/** `refreshed` is called with the milliseconds that a refresh of this tab took. */
export function openNetwork({ refreshed }) {
  let cut = false
  return {
    get isCut() {
      return cut
    },
    get isOffline() {
      return cut || !navigator.onLine
    },
    cut() {
      cut = true
    },
    /** Also tells the session, as the browser does after a real outage. */
    mend() {
      cut = false
      window.dispatchEvent(new Event('online'))
    },
    async fetch(input, init) {
      if (cut) throw new TypeError('this tab is offline')
      const began = performance.now()
      const response = await fetch(input, init)
      // What was under way when the network went does not arrive.
      if (cut) throw new TypeError('this tab is offline')
      if (response.ok && isRefresh(init)) refreshed(performance.now() - began)
      return response
    },
  }
}

function isRefresh(init) {
  if (init?.method !== 'POST' || typeof init.body !== 'string') return false
  return new URLSearchParams(init.body).get('grant_type') === 'refresh_token'
}
