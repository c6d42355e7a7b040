// The list of what happened, newest first.

const MOST = 60

/** Adds entries to a list element. An entry with a key can be told better later. */
export function openLog(list) {
  const known = new Map()
  return {
    add(kind, text, key) {
      const earlier = key === undefined ? undefined : known.get(key)
      if (earlier?.isConnected) {
        earlier.lastChild.textContent = text
        return
      }
      const entry = document.createElement('li')
      entry.className = kind
      entry.append(time(new Date()), words(text))
      list.prepend(entry)
      if (key !== undefined) known.set(key, entry)
      if (list.children.length > MOST) list.lastElementChild.remove()
      if (known.size > MOST) known.delete(known.keys().next().value)
    },
  }
}

export function time(date) {
  const element = document.createElement('time')
  element.dateTime = date.toISOString()
  element.textContent = clock(date)
  return element
}

export function clock(date) {
  const part = (number) => String(number).padStart(2, '0')
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(part).join(':')
}

/** A span of time in words: `9 s`, `14 min`, `30 days`. */
export function span(millis) {
  const [number, unit] = parts(millis)
  return `${number} ${unit}`
}

export function parts(millis) {
  const secs = Math.max(0, Math.ceil(millis / 1000))
  if (secs < 120) return [secs, 's']
  if (secs < 2 * 3600) return [Math.round(secs / 60), 'min']
  if (secs < 48 * 3600) return [Math.round(secs / 3600), 'h']
  return [Math.round(secs / 86_400), 'days']
}

function words(text) {
  const element = document.createElement('span')
  element.textContent = text
  return element
}
