import { expect, test } from 'vitest'

import { ReapitConnectServerSession } from '../src/server.ts'
import { complaints, startIssuer } from './support/app.ts'
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

test('a token is renewed five minutes before its end', async () => {
  const issuer = await startIssuer()
  issuer.life = 301
  const session = open(issuer)
  const first = await session.connectAccessToken()
  await expect.poll(() => session.connectAccessToken(), { timeout: 5_000 }).not.toBe(first)
  expect(issuer.asked()).toBe(2)
})

test.each([
  ['a refusal', 401, { error: 'invalid_client' }],
  ['an outage', 503, {}],
])('%s is written to the console', async (_, status, body) => {
  const issuer = await startIssuer()
  const said = complaints()
  issuer.instead = (response) => json(response, status, body)
  expect(await open(issuer).connectAccessToken()).toBeUndefined()
  expect(said).toEqual([expect.stringMatching(/^Reapit Connect Token Error /)])
  expect(said.join()).not.toMatch(/cret/)
  expect(said.join().includes("connectTokenRequest to 'form'")).toBe(status === 401)
})
