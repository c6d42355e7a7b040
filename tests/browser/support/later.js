const known = new WeakMap()

/** Tidies up after a test, the last thing that was begun first. */
export function later(t, end) {
  if (!known.has(t)) {
    const all = []
    known.set(t, all)
    t.after(async () => {
      for (const end of all.reverse()) await end()
    })
  }
  known.get(t).push(end)
}
