// Tells what happens to the session: which tab refreshed, how long it took, who signed in or out.

import { span } from './events.js'
import { element, write } from './view.js'

export function openStory({ session, picture, tabs, log }) {
  /** Who brought the token that was obtained then, and in how many milliseconds. */
  const credits = new Map()
  let opened = false
  let took
  let refreshes = 0
  let failures = 0

  const credit = (obtainedAt, { by, took }) => {
    credits.set(obtainedAt, { by, took })
    if (credits.size > MOST) credits.delete(credits.keys().next().value)
    picture.credit(obtainedAt, `Tab ${by}`)
  }
  const early = (obtainedAt) => {
    const millis = picture.early(obtainedAt)
    if (millis === undefined) return ''
    return millis > 0 ? `, ${span(millis)} before the end` : `, ${span(-millis)} after the end`
  }
  const note = (kind, words) => {
    log.add(kind, words)
    element('status').textContent = words
  }
  const refreshed = () => {
    const { obtainedAt } = session.snapshot()
    refreshes += 1
    failures = 0
    write(element('count'), refreshes)
    if (took === undefined) {
      const known = credits.get(obtainedAt)
      if (known) picture.credit(obtainedAt, `Tab ${known.by}`)
      log.add('quiet', byAnother(known, early(obtainedAt)), obtainedAt)
      return
    }
    const own = { by: tabs.number, took }
    took = undefined
    credit(obtainedAt, own)
    const words = `This tab refreshed in ${Math.round(own.took)} ms${early(obtainedAt)}.`
    log.add('good', words, obtainedAt)
    tabs.tell({ kind: 'refreshed', obtainedAt, ...own })
  }
  const failed = ({ error }) => {
    failures += 1
    const often = failures === 1 ? '' : `, ${failures} times`
    const why = error.detail ? ` (${error.detail})` : ''
    const words = `A refresh did not work${often}${why}. The session is kept.`
    log.add('bad', words, `failed ${session.snapshot().obtainedAt}`)
  }

  return {
    note,
    get refreshes() {
      return refreshes
    },
    follow() {
      // What is found in storage at the start counts as signed in, too: `opened` tells of it.
      session.on('signedIn', () => opened && note('good', 'Signed in.'))
      session.on('userChanged', () => note('good', 'Another person signed in.'))
      session.on('signedOut', ({ reason }) =>
        note('bad', `Signed out: ${REASONS[reason] ?? reason}.`),
      )
      session.on('refreshed', refreshed)
      session.on('refreshFailed', failed)
      session.on('storageUnavailable', () =>
        note('bad', 'The browser blocks its storage: the session lives in this tab alone.'),
      )
    },
    /** The page has started, with a sign-in that came back or not. */
    opened({ cameBack }) {
      opened = true
      if (session.snapshot().status !== 'signed_in') return
      note('good', cameBack ? 'Signed in.' : 'This tab was opened, and the session was there.')
    },
    /** This tab asked for new tokens, and got them. The session tells when it took them. */
    asked(millis) {
      took = millis
    },
    /** Another tab says something. */
    heard({ kind, obtainedAt, words, ...by }) {
      if (kind === 'ended') return note('quiet', words)
      credit(obtainedAt, by)
      if (session.snapshot().obtainedAt !== obtainedAt) return
      log.add('quiet', byAnother(by, early(obtainedAt)), obtainedAt)
    },
    /** Sessions were ended from here. */
    ended(words) {
      note('good', words)
      tabs.tell({ kind: 'ended', words })
    },
    line({ isCut, isOffline }) {
      if (!isOffline) return note('good', 'Online again.')
      note(
        'bad',
        isCut ? 'Offline: every request of this tab fails now.' : 'The browser is offline.',
      )
    },
  }
}

function byAnother(known, early) {
  if (!known) return `Another tab refreshed${early}; this one took its token.`
  return `Tab ${known.by} refreshed in ${Math.round(known.took)} ms${early}; this one took its token.`
}

const MOST = 60
const REASONS = {
  user: 'somebody asked for it, in this tab or in another',
  refused: 'the server ended the session',
  expired: 'the session reached its end',
  idle: 'nobody was here for long',
  absolute_limit: 'the session reached its longest life',
  refresh_failed: 'a refresh failed',
}
