// A page that uses the place of a session as the driver does: lock, read, write, unlock.

import { Keys } from '../../../packages/connect-session/src/keys.js'
import { Vault } from '../../../packages/connect-session/src/vault.js'
import { chooseStorage } from '../../../packages/client/src/storage/choose.js'

const places = new Map()
function placeOf(storage) {
  if (!places.has(storage)) {
    const place = chooseStorage(storage, 'tenure:turns', (cause) => {
      throw cause
    })
    places.set(storage, place)
  }
  return places.get(storage)
}

/** Adds one, so many times; tells how often less was read than all had written before. */
globalThis.takeTurns = async (storage, turns) => {
  const place = placeOf(storage)
  const told = { stale: 0, lost: 0 }
  for (let turn = 0; turn < turns; turn += 1) {
    const held = await place.lock(60_000, AbortSignal.timeout(60_000))
    const text = await place.load()
    const generation = text === null ? 0 : JSON.parse(text).generation
    // What no storage can be late with: a cookie is the same for all tabs at every moment.
    const written = Number(/turns=(\d+)/.exec(document.cookie)?.[1] ?? 0)
    if (generation < written) told.stale += 1
    if (await place.save(generation, session(generation + 1))) {
      document.cookie = `turns=${generation + 1}; Path=/`
    } else {
      told.lost += 1
    }
    await held.release()
  }
  return told
}

/** The same for the place of connect-session in a desktop, which has nothing but a refresh token. */
globalThis.takeTurnsAsDesktop = async (turns) => {
  vault ??= new Vault(new Keys(localStorage, 'turns'), 'turns')
  const told = { stale: 0, lost: 0 }
  for (let turn = 0; turn < turns; turn += 1) {
    const held = await vault.lock(60_000, AbortSignal.timeout(60_000))
    const there = JSON.parse((await vault.load()) ?? '{"generation":0}')
    const number = Number(there.tokens?.refresh_token.slice(3) ?? 0)
    const written = Number(/desktop=(\d+)/.exec(document.cookie)?.[1] ?? 0)
    if (number < written) told.stale += 1
    const access_token = `at-${number + 1}`
    vault.note(access_token, { idToken: null, email: 'ada@cards.example', endsAt: 0 })
    const tokens = { access_token, refresh_token: `rt-${number + 1}`, token_type: 'Bearer', obtained_at: 1, issued: 1 }
    const login = { generation: 1, at: 1 }
    const next = { tenure: 1, generation: there.generation + 1, login, last_active: 1, tokens }
    if (await vault.save(there.generation, JSON.stringify(next))) {
      document.cookie = `desktop=${number + 1}; Path=/`
    } else {
      told.lost += 1
    }
    await held.release()
  }
  return told
}
let vault

globalThis.reached = async (storage) => JSON.parse(await placeOf(storage).load()).generation

function session(generation) {
  return JSON.stringify({ tenure: 1, generation, signed_out: { reason: 'user', at: 1 } })
}

globalThis.loaded = true
