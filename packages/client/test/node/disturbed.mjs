// Saves a value, and is killed right before its n-th step on the file system, or finds the disk
// full.

import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const { storage, folder, replaces, text, killAt, full } = JSON.parse(process.env.SETTINGS)
let steps = 0

function step(name) {
  steps += 1
  if (steps === killAt) process.kill(process.pid, 'SIGKILL')
  if (full && name === 'writeFile') throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
}

function watched(object, name) {
  const real = object[name].bind(object)
  object[name] = async (...args) => {
    step(name)
    const result = await real(...args)
    if (name === 'open') for (const inner of ['writeFile', 'sync', 'close']) watched(result, inner)
    return result
  }
}

for (const name of ['mkdir', 'readdir', 'open', 'link', 'rm', 'stat']) watched(fs, name)
syncBuiltinESMExports()

const { fileStorage } = await import(storage)
const saved = await fileStorage(folder).save(replaces, text)
console.log(`${saved ? 'saved' : 'lost'} after ${steps}`)
