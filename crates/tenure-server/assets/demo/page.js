// The demo page: one session in the browser, and everything that happens to it.

import { createSession } from './client.js'
import { openLog, span } from './events.js'
import { openNetwork } from './network.js'
import { openPicture } from './picture.js'
import { badge, openSessions } from './sessions.js'
import { joinTabs } from './tabs.js'

const { issuer } = document.documentElement.dataset
const element = (id) => document.getElementById(id)

async function start() {
  const log = openLog(element('log'))
  const picture = openPicture(element)
  let took
  const network = openNetwork({ refreshed: (millis) => (took = millis) })
  const session = createSession({
    issuer,
    clientId: 'demo-spa',
    redirectUri: `${issuer}/callback`,
    fetch: network.fetch,
  })
  const credits = new Map()
  const tabs = await joinTabs({ changed: showTabs, heard })
  const sessions = openSessions(element, session, { ended })
  let before = session.snapshot()
  let refreshes = 0

  document.title = `Tab ${tabs.number} · Tenure demo`
  session.subscribe(changed)
  session.on('signedIn', () => note('good', 'Signed in.'))
  session.on('signedOut', ({ reason }) => note('bad', `Signed out: ${REASONS[reason] ?? reason}.`))
  session.on('userChanged', () => note('good', 'Another person signed in.'))
  session.on('refreshed', refreshed)
  session.on('refreshFailed', ({ error }) => log.add('bad', `No refresh for now: ${error.message}. The session is kept.`))
  session.on('storageUnavailable', () => log.add('bad', 'The storage is blocked: the session lives in this tab alone.'))
  listen()
  await finishSignIn()
  await session.ready()
  changed()
  tick()

  /** A sign-in that comes back; anything else leaves the address alone. */
  async function finishSignIn() {
    try {
      await session.handleCallback()
    } catch (error) {
      problem(`The sign-in was not finished: ${error.message}`)
    }
    if (location.pathname === '/callback') history.replaceState(null, '', '/demo')
  }

  function changed() {
    const now = session.snapshot()
    if (now.status === 'signed_in') {
      picture.take(now)
      credit(now.obtainedAt)
    } else if (before.status === 'signed_in') {
      picture.forget()
    }
    if (now.status !== before.status || now.obtainedAt !== before.obtainedAt) afterwards(now)
    before = now
    showView(now)
    draw()
  }

  function afterwards(now) {
    showState()
    if (now.status === 'signed_in' && isSeen()) void sessions.show()
  }

  function refreshed() {
    const { obtainedAt } = session.snapshot()
    refreshes += 1
    element('count').textContent = refreshes
    if (took === undefined) {
      const by = credits.get(obtainedAt)
      log.add('quiet', by ? byAnother(by) : 'Another tab refreshed; this tab took its token.', obtainedAt)
      return
    }
    const own = { by: tabs.number, took }
    took = undefined
    credits.set(obtainedAt, own)
    log.add('good', `This tab refreshed in ${Math.round(own.took)} ms.`, obtainedAt)
    tabs.tell({ kind: 'refreshed', obtainedAt, ...own })
    credit(obtainedAt)
  }

  function heard({ kind, obtainedAt, by, took, words }) {
    if (kind === 'ended') return note('quiet', words)
    credits.set(obtainedAt, { by, took })
    if (session.snapshot().obtainedAt !== obtainedAt) return
    log.add('quiet', byAnother({ by, took }), obtainedAt)
    credit(obtainedAt)
  }

  function credit(obtainedAt) {
    const known = credits.get(obtainedAt)
    if (known) picture.credit(obtainedAt, `Tab ${known.by}`)
  }

  function listen() {
    const on = (id, act) => element(id).addEventListener('click', () => void attempt(act))
    on('sign-in', () => session.signIn({ returnTo: '/demo' }))
    on('sign-in-popup', () => session.signIn({ mode: 'popup' }))
    on('sign-out', () => session.signOut())
    on('sign-out-everywhere', () => session.signOut({ everywhere: true, returnTo: '/callback' }))
    on('end-others', () => sessions.endOthers())
    on('ask', ask)
    on('ask-often', askOften)
    on('refresh', async () => session.accessToken({ rejected: await session.accessToken() }))
    element('offline').addEventListener('change', ({ target }) => (target.checked ? network.cut() : network.mend(), showLine()))
    for (const name of ['online', 'offline']) window.addEventListener(name, showLine)
    document.addEventListener('visibilitychange', () => {
      showState()
      if (isSeen()) tick()
    })
  }

  async function ask() {
    const response = await session.fetch('/userinfo')
    const { preferred_username: name } = await response.json()
    note('good', `The server answered ${response.status}: you are ${name ?? 'somebody'}.`)
  }

  async function askOften() {
    const seen = refreshes
    const answers = await Promise.all(Array.from({ length: 20 }, () => session.fetch('/userinfo')))
    const good = answers.filter(({ ok }) => ok).length
    note('good', `20 requests at once: ${good} good answers, ${refreshes - seen} refreshes.`)
  }

  async function attempt(act) {
    problem('')
    try {
      await act()
    } catch (error) {
      const kept = error.temporary ? ' The session is kept; try again later.' : ''
      problem(`That did not work: ${error.message}.${kept}`)
    }
  }

  function ended(words) {
    note('good', words)
    tabs.tell({ kind: 'ended', words })
  }

  function showState() {
    const { status } = session.snapshot()
    tabs.show({ seen: isSeen(), offline: network.isOffline, status })
  }

  function showLine() {
    const offline = network.isOffline
    if ((element('line').dataset.state === 'offline') === offline) return
    element('line').dataset.state = offline ? 'offline' : 'online'
    element('line').textContent = offline ? 'offline' : 'online'
    const why = network.isCut ? 'Offline: every request of this tab fails now.' : 'Offline, says the browser.'
    note(offline ? 'bad' : 'good', offline ? why : 'Online again.')
    showState()
  }

  /** Once a second is enough; nothing runs while nobody looks. */
  function tick() {
    clearTimeout(tick.next)
    if (!isSeen()) return
    draw()
    tick.next = setTimeout(tick, 250)
  }

  function draw() {
    if (session.snapshot().status === 'signed_in') picture.draw(Date.now())
  }

  function note(kind, words) {
    log.add(kind, words)
    element('status').textContent = words
  }
}

function showView(now) {
  const signedIn = now.status === 'signed_in'
  const views = [element('signed-in'), element('signed-out')]
  const [shown, left] = signedIn ? views : views.toReversed()
  const hadFocus = left.contains(document.activeElement)
  element('who').dataset.state = now.status
  element('who').textContent = signedIn ? `signed in as ${now.identity?.preferred_username ?? 'somebody'}` : 'signed out'
  left.hidden = true
  shown.hidden = now.status === 'loading'
  // Whoever pressed a button that is gone goes on reading here.
  if (hadFocus) shown.querySelector('h2').focus()
}

function showTabs(list) {
  const items = list.map(({ number, own, seen, offline }) => {
    const item = document.createElement('li')
    const name = document.createElement('strong')
    name.textContent = `Tab ${number}`
    item.append(name, ...(own ? [badge('this one')] : []))
    item.append(badge(seen === undefined ? 'asleep' : seen ? 'in view' : 'in the background'))
    if (offline) item.append(badge('offline'))
    return item
  })
  element('tabs').replaceChildren(...items)
}

function byAnother({ by, took }) {
  return `Tab ${by} refreshed in ${Math.round(took)} ms; this tab took its token.`
}

function problem(words) {
  element('problem').hidden = words === ''
  element('problem').textContent = words
}

function isSeen() {
  return document.visibilityState === 'visible'
}

const REASONS = {
  user: 'you asked for it, here or in another tab',
  refused: 'the server ended the session',
  expired: 'the session reached its end',
  idle: 'nobody was here for long',
  absolute_limit: 'the session reached its longest life',
  refresh_failed: 'a refresh failed',
}

// The sign-in comes back to the issuer's own name of this machine, and storage is kept by name.
if (location.origin === issuer) await start()
else location.replace(`${issuer}/demo`)
