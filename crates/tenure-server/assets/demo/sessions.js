// Where the person is signed in, as the server tells it.

import { clock, span } from './events.js'

/** `ended` is called with the words for what was done. */
export function openSessions(element, session, { ended }) {
  const rows = new Map()
  const list = element('sessions')

  const load = async () => {
    const response = await session.fetch('/v1/sessions')
    if (!response.ok) throw new Error(`the server answered ${response.status}`)
    const { sessions } = await response.json()
    sessions.sort((a, b) => Number(b.current) - Number(a.current) || b.last_seen - a.last_seen)
    for (const one of sessions) {
      const row = rows.get(one.id) ?? rowOf(one, end)
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
    drawOwn(element, sessions.find((one) => one.current))
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
    if (!response.ok && response.status !== 404) throw new Error(`the server answered ${response.status}`)
    ended(words)
    await show()
  }
  return { show, endOthers: () => end('', 'All other sessions were ended.') }
}

function rowOf({ id, current }, end) {
  const item = document.createElement('li')
  const words = document.createElement('span')
  const detail = document.createElement('span')
  detail.className = 'quiet'
  words.append(document.createElement('strong'), detail)
  item.append(words)
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = 'End'
  if (current) {
    item.append(badge('this one'))
  } else {
    item.append(button)
    button.addEventListener('click', () => {
      button.disabled = true
      end(`/${id}`, `${words.firstChild.textContent} was ended.`).catch(() => (button.disabled = false))
    })
  }
  return {
    item,
    update(one) {
      words.firstChild.textContent = nameOf(one)
      const since = clock(new Date(one.created_at * 1000))
      detail.textContent = `${deviceOf(one.user_agent)}, since ${since}, used ${ago(one.last_seen)}`
      button.setAttribute('aria-label', `End ${nameOf(one)} in ${deviceOf(one.user_agent)}, since ${since}`)
    },
  }
}

function drawOwn(element, own) {
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
  return kind === 'browser' ? 'The server’s own sign-in' : client_id
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

export function badge(text) {
  const element = document.createElement('span')
  element.className = 'badge'
  element.textContent = text
  return element
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
