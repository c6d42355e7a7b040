// Where the person is signed in, as the server tells it.

import { clock, span } from './events.js'
import { badge, element, write } from './view.js'

/** `ended` is called with the words for what was done. */
export function openSessions(session, { ended }) {
  const rows = new Map()
  const list = element('sessions')

  const load = async () => {
    const response = await session.fetch('/v1/sessions')
    if (!response.ok) throw new Error(`the server answered ${response.status}`)
    const { sessions } = await response.json()
    sessions.sort((a, b) => Number(b.current) - Number(a.current) || b.last_seen - a.last_seen)
    for (const one of sessions) {
      const row = rows.get(one.id) ?? rowOf(one)
      rows.set(one.id, row)
      row.update(one)
    }
    for (const [id, row] of rows) {
      if (sessions.some((one) => one.id === id)) continue
      row.item.remove()
      rows.delete(id)
    }
    // In place: a button that has the focus keeps it.
    sessions.forEach((one, at) => {
      const { item } = rows.get(one.id)
      if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null)
    })
    drawOwn(sessions.find((one) => one.current))
    element('end-others').disabled = sessions.length < 2
  }
  const show = async () => {
    try {
      await load()
      element('sessions-problem').hidden = true
    } catch {
      element('sessions-problem').hidden = false
    }
  }
  const end = async (path, words) => {
    const response = await session.fetch(`/v1/sessions${path}`, { method: 'DELETE' })
    const gone = response.ok || response.status === 404
    if (!gone) throw new Error(`the server answered ${response.status}`)
    ended(words)
    await show()
  }
  return {
    show,
    end: (id) => end(`/${id}`, `${rows.get(id)?.name ?? 'A session'} was ended.`),
    endOthers: () => end('', 'All other sessions were ended.'),
  }
}

function rowOf({ id, current }) {
  const item = document.createElement('li')
  const words = document.createElement('span')
  const name = document.createElement('strong')
  const detail = document.createElement('span')
  detail.className = 'quiet'
  words.append(name, detail)
  const button = document.createElement('button')
  button.type = 'button'
  button.dataset.end = id
  button.textContent = 'End'
  item.append(words, current ? badge('this one') : button)
  return {
    item,
    get name() {
      return name.textContent
    },
    update(one) {
      const since = `${deviceOf(one.user_agent)}, since ${clock(new Date(one.created_at * 1000))}`
      write(name, nameOf(one))
      write(detail, `${since}, used ${ago(one.last_seen)}`)
      button.setAttribute('aria-label', `End ${nameOf(one)}: ${since}`)
    },
  }
}

function drawOwn(own) {
  if (!own) return
  const life = own.expires_at - own.last_seen
  const left = Math.max(0, own.expires_at - Date.now() / 1000)
  const percent = Math.min(100, (100 * left) / Math.max(1, life))
  const meter = element('session-life')
  const text = `ends in ${span(left * 1000)} unless it is used`
  meter.setAttribute('aria-valuenow', Math.round(percent))
  meter.setAttribute('aria-valuetext', text)
  meter.firstElementChild.style.width = `${percent}%`
  element('session-left').textContent = text
}

function nameOf({ kind, client_id }) {
  return kind === 'browser' ? 'Sign-in at the server' : client_id
}

function ago(seconds) {
  const millis = Date.now() - seconds * 1000
  return millis < 5000 ? 'just now' : `${span(millis)} ago`
}

/** A few words for a user agent: what the person recognises. */
function deviceOf(agent) {
  const text = agent ?? ''
  const first = (pairs) => pairs.find(([pattern]) => pattern.test(text))?.[1]
  const program = first(PROGRAMS) ?? 'a program'
  const system = first(SYSTEMS)
  return system ? `${program} on ${system}` : program
}

const PROGRAMS = [
  [/Edg\//, 'Edge'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
  [/tenure/i, 'the command line'],
]
const SYSTEMS = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Mac OS X/, 'macOS'],
  [/Windows/, 'Windows'],
  [/Linux/, 'Linux'],
]
