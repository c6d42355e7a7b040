// The tabs of this page in this browser. Each holds a lock with its number for as long as it lives,
// so the list of locks is the list of tabs, also after one of them crashed.

const LOCK = 'tenure-demo:tab:'

/**
 * Takes the lowest free number. `changed` is called with the list of tabs, `heard` with what
 * another tab says.
 */
export async function joinTabs({ changed, heard }) {
  const number = await takeNumber()
  const channel = new BroadcastChannel('tenure-demo')
  const states = new Map()
  let own = {}

  const list = async () => {
    const { held } = await navigator.locks.query()
    const names = held.map(({ name }) => name).filter((name) => name.startsWith(LOCK))
    const numbers = names.map((name) => Number(name.slice(LOCK.length))).sort((a, b) => a - b)
    changed(numbers.map((one) => ({ number: one, own: one === number, ...states.get(one) })))
  }
  const tell = (message) => channel.postMessage({ tab: number, ...message })

  channel.onmessage = ({ data }) => {
    if (data.kind === 'state') {
      states.set(data.tab, data.state)
      if (data.isNew) tell({ kind: 'state', state: own })
    } else {
      heard(data)
    }
    void list()
  }
  return {
    number,
    tell,
    list,
    /** Shows the others how this tab is. */
    show(state) {
      const isNew = states.get(number) === undefined
      own = state
      states.set(number, state)
      tell({ kind: 'state', state, isNew })
      void list()
    },
  }
}

async function takeNumber() {
  for (let number = 1; ; number += 1) if (await take(number)) return number
}

function take(number) {
  return new Promise((resolve) => {
    void navigator.locks.request(`${LOCK}${number}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null)
      // Never given back: it ends with the page.
      return lock === null ? undefined : new Promise(() => {})
    })
  })
}
