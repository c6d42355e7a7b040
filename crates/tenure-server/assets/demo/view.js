// The parts of the page that are shown or hidden, and what stands in them.

export function element(id) {
  return document.getElementById(id)
}

export function isSeen() {
  return document.visibilityState === 'visible'
}

/** Shows what belongs to the state of the session. */
export function showView({ status, identity }) {
  const signedIn = status === 'signed_in'
  const [shown, left] = signedIn ? ['signed-in', 'signed-out'] : ['signed-out', 'signed-in']
  // Whoever pressed a button that goes away goes on from the heading.
  const follow = element(left).contains(document.activeElement)
  const name = identity?.preferred_username ?? 'somebody'
  element('who').dataset.state = status
  element('who').textContent = signedIn ? `signed in as ${name}` : 'signed out'
  element(left).hidden = true
  element(shown).hidden = status === 'loading'
  if (follow) element(shown).querySelector('h2').focus()
}

/** Shows whether the page is offline; true if that is news. */
export function showLine(offline) {
  const line = element('line')
  const state = offline ? 'offline' : 'online'
  if ((line.dataset.state ?? 'online') === state) return false
  line.dataset.state = state
  line.textContent = state
  return true
}

/** Says what did not work; nothing with no words. */
export function showProblem(words) {
  element('problem').hidden = words === ''
  element('problem').textContent = words
}

export function showTabs(list) {
  const items = list.map(({ number, own, seen, offline }) => {
    const item = document.createElement('li')
    const name = document.createElement('strong')
    name.textContent = `Tab ${number}`
    const place = seen === undefined ? 'silent' : seen ? 'in view' : 'in the background'
    const badges = [own && 'this one', place, offline && 'offline'].filter(Boolean)
    item.append(name, ...badges.map(badge))
    return item
  })
  element('tabs').replaceChildren(...items)
}

export function badge(text) {
  const shown = document.createElement('span')
  shown.className = 'badge'
  shown.textContent = text
  return shown
}

/** Writes only what changed, so that nothing is laid out or read aloud again without need. */
export function write(shown, text) {
  if (shown.textContent !== String(text)) shown.textContent = text
}
