import { expect, test } from 'vitest'

import { ReapitConnectServerSession } from '../src/server.ts'
import { clock, complaints, startIssuer } from './support/app.ts'
import { json, type Issuer } from './support/issuer.ts'

const open = (issuer: Issuer, more = {}): ReapitConnectServerSession =>
  new ReapitConnectServerSession({
    connectOAuthUrl: issuer.url,
    connectClientId: 'service-1',
    connectClientSecret: 's:é&cret',
    ...more,
  })

test('a program asks as version 4 does', async () => {
  const issuer = await startIssuer()
  const { connectAccessToken } = open(issuer)
  expect(await connectAccessToken()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
  expect(issuer.taken()).toEqual([
    {
      method: 'POST',
      url: '/token?grant_type=client_credentials&client_id=service-1',
      ct: 'application/x-www-form-urlencoded',
      accept: 'application/json, text/plain, */*',
      authorization: `Basic ${Buffer.from('service-1:s:é&cret').toString('base64')}`,
      body: '{}',
    },
  ])
})

test('it can ask by a form', async () => {
  const issuer = await startIssuer()
  await open(issuer, { connectTokenRequest: 'form' }).connectAccessToken()
  expect(issuer.taken()).toMatchObject([
    { url: '/token', body: 'grant_type=client_credentials&client_id=service-1' },
  ])
})

test('a thousand callers get one token, and those after them the same', async () => {
  const issuer = await startIssuer()
  const session = open(issuer)
  const all = await Promise.all(Array.from({ length: 1000 }, () => session.connectAccessToken()))
  all.push(await session.connectAccessToken())
  expect(new Set(all).size).toBe(1)
  expect(issuer.asked()).toBe(1)
})

test.each([
  [3600, 3290, 3310],
  // No cliff: the margin is a third of a life that is short, and grows to five minutes.
  [301, 190, 210],
  [200, 130, 140],
])('a token of %i seconds is held after %i and renewed after %i', async (life, held, renewed) => {
  const issuer = await startIssuer()
  issuer.life = life
  const pass = clock()
  const session = open(issuer)
  const first = await session.connectAccessToken()
  pass(held)
  expect(await session.connectAccessToken()).toBe(first)
  expect(issuer.asked()).toBe(1)
  pass(renewed - held)
  expect(await session.connectAccessToken()).not.toBe(first)
  expect(issuer.asked()).toBe(1)
})

test('a token that lives is handed out while the issuer is away', async () => {
  const issuer = await startIssuer()
  const pass = clock()
  const session = open(issuer)
  const first = await session.connectAccessToken()
  const said = complaints()
  issuer.instead = (response) => json(response, 503, {})
  pass(3400)
  expect(await session.connectAccessToken()).toBe(first)
  expect([issuer.asked(), said]).toEqual([2, []])
})

test('whoever asks after one bad answer has a token all the same', async () => {
  const issuer = await startIssuer()
  issuer.instead = (response) => {
    issuer.instead = null
    json(response, 503, {})
  }
  const said = complaints()
  expect(await open(issuer).connectAccessToken()).toBeTruthy()
  expect([issuer.asked(), said]).toEqual([2, []])
})

test.each(['undefined', 'SOME_URL', 'connect.example'])(
  'with %s as its address it says what is missing, and asks nobody',
  async (connectOAuthUrl) => {
    const issuer = await startIssuer()
    const said = complaints()
    expect(await open(issuer, { connectOAuthUrl }).connectAccessToken()).toBeUndefined()
    expect(said).toEqual([expect.stringMatching(/connectOAuthUrl is no address/)])
  },
)

test.each([
  ['a refusal', 401, { error: 'invalid_client' }],
  ['a refusal in an answer that is called good', 200, { error: 'invalid_client' }],
  ['an outage', 503, {}],
])('%s is written to the console', async (_, status, body) => {
  const issuer = await startIssuer()
  const said = complaints()
  issuer.instead = (response) => json(response, status, body)
  expect(await open(issuer).connectAccessToken()).toBeUndefined()
  expect(said).toEqual([expect.stringMatching(/^Reapit Connect Token Error /)])
  expect(said.join()).not.toMatch(/cret/)
  const isRefused = status !== 503
  expect(said.join().includes("connectTokenRequest to 'form'")).toBe(isRefused)
  expect(said.join().includes('(it said: invalid_client)')).toBe(isRefused)
})
