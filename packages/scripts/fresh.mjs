// Prints what `accessToken()` costs in Node while the token is fresh, with the built package:
// nanoseconds a call, the median of several rounds. Prints only; a slow machine fails nothing.
import { createSession } from '../client/dist/index.js'

const ROUNDS = 11
const CALLS = 100_000

const session = createSession({
  issuer: 'https://id.example',
  clientId: 'cards',
  storage: 'memory',
})
await session.adopt({ accessToken: 'at', expiresIn: 3600 })
const rounds = []
for (let round = 0; round < ROUNDS; round += 1) {
  const began = process.hrtime.bigint()
  for (let call = 0; call < CALLS; call += 1) await session.accessToken()
  rounds.push(Number(process.hrtime.bigint() - began) / CALLS)
}
session.close()
const median = rounds.sort((one, other) => one - other)[Math.floor(ROUNDS / 2)]
console.log(`accessToken() when fresh, Node            ${Math.round(median)} ns  of 5000 ns`)
