// A program that uses a session: says "ready", waits to be told to go on, and prints its access
// token. With `hold` it keeps the answer to its refresh back until it is told to go on once more.

import { createInterface } from 'node:readline'

const { client, issuer, clientId, clientSecret, source, scope, folder, hold } = JSON.parse(
  process.env.SETTINGS,
)
const { createSession, fileStorage } = await import(client)
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

async function answer(input, init) {
  const response = await fetch(input, init)
  if (hold && init?.method === 'POST') {
    console.log('answered')
    await lines.next()
  }
  return response
}

const session = createSession({
  issuer,
  clientId,
  clientSecret,
  source,
  scope,
  storage: fileStorage(folder),
  fetch: answer,
})
await session.ready()
console.log('ready')
await lines.next()
console.log(`token ${await session.accessToken()}`)
process.stdin.destroy()
// It ends by itself: the session is not closed, and keeps nothing running.
