// What the buttons do.

import { element, showProblem } from './view.js'

export function listen({ session, network, sessions, story, showNetwork }) {
  const on = (id, act) => element(id).addEventListener('click', () => void attempt(act))
  on('sign-in', () => session.signIn({ returnTo: '/demo' }))
  on('sign-in-popup', () => session.signIn({ mode: 'popup' }))
  on('sign-out', () => session.signOut())
  on('sign-out-everywhere', () => session.signOut({ everywhere: true, returnTo: '/callback' }))
  on('end-others', () => sessions.endOthers())
  on('ask', () => ask(session, story))
  on('ask-often', () => askOften(session, story))
  on('refresh', async () => session.accessToken({ rejected: await session.accessToken() }))
  element('sessions').addEventListener('click', ({ target }) => {
    const { end } = target.dataset
    if (end) void attempt(() => sessions.end(end))
  })
  element('offline').addEventListener('change', ({ target }) => {
    if (target.checked) network.cut()
    else network.mend()
    showNetwork()
  })
}

async function ask(session, story) {
  const response = await session.fetch('/userinfo')
  const { preferred_username: name = 'somebody' } = await response.json()
  story.note('good', `The server answered ${response.status}: you are ${name}.`)
}

async function askOften(session, story) {
  const before = story.refreshes
  const requests = Array.from({ length: 20 }, () => session.fetch('/userinfo'))
  const good = (await Promise.all(requests)).filter(({ ok }) => ok).length
  const refreshes = story.refreshes - before
  const times =
    refreshes === 1 ? 'one refresh' : refreshes === 0 ? 'no refresh' : `${refreshes} refreshes`
  story.note('good', `20 requests at once: ${good} good answers, ${times}.`)
}

async function attempt(act) {
  showProblem('')
  try {
    await act()
  } catch (error) {
    showProblem(
      error.temporary
        ? `That did not work for now (${error.detail}). The session is kept; try again later.`
        : `That did not work: ${error.message}.`,
    )
  }
}
