// The demo page: one session in this browser, and everything that happens to it.

import { createSession } from './client.js'
import { listen } from './actions.js'
import { openLog } from './events.js'
import { openNetwork } from './network.js'
import { openPicture } from './picture.js'
import { openSessions } from './sessions.js'
import { openStory } from './story.js'
import { joinTabs } from './tabs.js'
import { element, isSeen, showLine, showProblem, showTabs, showView } from './view.js'

const { issuer } = document.documentElement.dataset
const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches
const DRAW_EVERY = isCalm ? 1000 : 250
const LIST_EVERY = 10_000

async function start() {
  const tabs = await joinTabs({ changed: showTabs, heard: (message) => story.heard(message) })
  const network = openNetwork({ refreshed: (millis) => story.asked(millis) })
  const session = createSession({
    issuer,
    clientId: 'demo-spa',
    redirectUri: `${issuer}/callback`,
    fetch: network.fetch,
  })
  const picture = openPicture()
  const story = openStory({ session, picture, tabs, log: openLog(element('log')) })
  const sessions = openSessions(session, { ended: story.ended })
  document.title = `Tab ${tabs.number} · Tenure demo`

  const showSelf = () =>
    tabs.show({ seen: isSeen(), offline: network.isOffline, status: session.snapshot().status })
  const showNetwork = () => {
    if (!showLine(network.isOffline)) return
    story.line(network)
    showSelf()
  }
  let before = session.snapshot()
  const changed = () => {
    const now = session.snapshot()
    if (now.status === 'signed_in') picture.take(now)
    else picture.forget()
    showView(now)
    draw()
    if (now.status !== before.status) showSelf()
    if (now.status === 'signed_in' && isSeen()) void sessions.show()
    before = now
  }
  const draw = () => session.snapshot().status === 'signed_in' && picture.draw(Date.now())

  session.subscribe(changed)
  story.follow()
  listen({ session, network, sessions, story, showNetwork })
  for (const name of ['online', 'offline']) window.addEventListener(name, showNetwork)
  const cameBack = await finishSignIn(session)
  await session.ready()
  story.opened({ cameBack })
  showNetwork()
  showSelf()
  changed()
  whileSeen(DRAW_EVERY, draw, showSelf)
  whileSeen(LIST_EVERY, () => {
    void tabs.list()
    if (session.snapshot().status === 'signed_in') void sessions.show()
  })
}

/** Finishes a sign-in that comes back; true if one did. */
async function finishSignIn(session) {
  try {
    return (await session.handleCallback()) !== null
  } catch (error) {
    showProblem(`The sign-in was not finished: ${error.message}.`)
    return false
  } finally {
    if (location.pathname === '/callback') history.replaceState(null, '', '/demo')
  }
}

/** Runs now and then, and not at all while nobody looks. */
function whileSeen(every, act, turned) {
  let next
  const run = () => {
    clearTimeout(next)
    if (!isSeen()) return
    act()
    next = setTimeout(run, every)
  }
  document.addEventListener('visibilitychange', () => {
    turned?.()
    run()
  })
  run()
}

// A sign-in comes back to the issuer's own name of this machine, and a browser keeps what it
// stores by name: the page goes there.
if (location.origin === issuer) void start()
else location.replace(`${issuer}/demo`)
