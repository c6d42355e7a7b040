// The token's life as a ring, and the last tokens as bars that move past "now".

import { clock, parts, span } from './events.js'
import { element, write } from './view.js'

const ROWS = 5
/** A token that is as old as the sign-in came with it. */
const CLOSE = 2000

/** Remembers the tokens of this session and draws them. */
export function openPicture() {
  let tokens = []
  let rows = []

  const build = () => {
    const drawn = tokens.slice(-ROWS).reverse()
    rows = drawn.map((token) => rowOf(token))
    const axis = node(
      'div',
      'axis',
      ['before', 'now', 'after'].map((name) => node('span', name)),
    )
    const lines = node('div', 'lines', [node('i', 'now-line')])
    element('picture').replaceChildren(lines, ...rows.map(({ row }) => row), axis)
  }
  return {
    /** A token that the session has now; the same one twice is one. */
    take({ obtainedAt, expiresAt, signedInAt }) {
      const last = tokens.at(-1)
      if (last?.obtainedAt === obtainedAt) return
      if (last) last.replacedAt = obtainedAt
      const by = Math.abs(obtainedAt - signedInAt) < CLOSE ? 'sign-in' : 'earlier'
      tokens = [...tokens.slice(-ROWS), { obtainedAt, expiresAt, by }]
      build()
    },
    /** Which tab brought a token. */
    credit(obtainedAt, by) {
      const token = tokens.find((one) => one.obtainedAt === obtainedAt)
      if (!token || token.by === by) return
      token.by = by
      build()
    },
    /** How many milliseconds before the end of the one before a token came. */
    early(obtainedAt) {
      const replaced = tokens.find((one) => one.replacedAt === obtainedAt)
      return replaced && replaced.expiresAt - obtainedAt
    },
    forget() {
      if (tokens.length === 0) return
      tokens = []
      build()
    },
    draw(now) {
      const token = tokens.at(-1)
      if (!token) return
      drawDial(token, now)
      drawBars(element('picture'), rows, token, now)
    },
  }
}

function drawDial({ obtainedAt, expiresAt }, now) {
  const life = Math.max(1, expiresAt - obtainedAt)
  const left = Math.max(0, Math.min(life, expiresAt - now))
  const margin = Math.min(60_000, life / 3)
  const state = left === 0 ? 'ended' : left <= margin ? 'due' : 'fresh'
  const meter = element('life')
  meter.dataset.state = state
  meter.setAttribute('aria-valuemax', Math.round(life / 1000))
  meter.setAttribute('aria-valuenow', Math.ceil(left / 1000))
  meter.setAttribute('aria-valuetext', `${span(left)} of ${span(life)} left`)
  element('ring').style.strokeDashoffset = 100 - (100 * left) / life
  element('notch').style.strokeDashoffset = -(100 * margin) / life
  const [number, unit] = parts(left)
  write(element('left'), number)
  write(element('left-unit'), `${unit} left`)
  write(element('state'), STATES[state])
  element('state').dataset.state = state
  write(element('obtained'), `at ${clock(new Date(obtainedAt))}`)
  write(element('lives'), span(life))
  write(element('due'), `${span(margin)} are left`)
}

/** Two lives of the past, one of the future. */
function drawBars(picture, rows, token, now) {
  const life = Math.max(1, token.expiresAt - token.obtainedAt)
  const at = (moment) =>
    Math.max(-5, Math.min(105, ((moment - (now - 2 * life)) / (3 * life)) * 100))
  for (const { bar, rest, obtainedAt, expiresAt, replacedAt } of rows) {
    bar.style.left = `${at(obtainedAt)}%`
    bar.style.width = `${at(expiresAt) - at(obtainedAt)}%`
    const from = Math.max(obtainedAt, Math.min(expiresAt, replacedAt ?? now))
    rest.style.width = `${(100 * (at(expiresAt) - at(from))) / Math.max(0.01, at(expiresAt) - at(obtainedAt))}%`
  }
  write(picture.querySelector('.before'), `${span(2 * life)} ago`)
  write(picture.querySelector('.now'), 'now')
  write(picture.querySelector('.after'), `in ${span(life)}`)
  picture.setAttribute(
    'aria-label',
    `${rows.length} tokens; the newest ends at ${clock(new Date(token.expiresAt))}`,
  )
}

function rowOf(token) {
  const rest = node('i', token.replacedAt === undefined ? 'left' : 'early')
  const bar = node('div', 'bar-of-token', [rest])
  const label = node('span', 'label')
  label.textContent = token.by
  return { ...token, bar, rest, row: node('div', 'row', [label, node('div', 'track', [bar])]) }
}

function node(tag, className, children = []) {
  const element = document.createElement(tag)
  element.className = className
  element.append(...children)
  return element
}

const STATES = {
  fresh: 'Fresh: a request takes it as it is.',
  due: 'Due: it is being refreshed.',
  ended: 'Ended: the session is kept, and refreshed as soon as the server answers.',
}
