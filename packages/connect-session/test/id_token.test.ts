import { expect, onTestFinished, test, vi } from 'vitest'

import { connectSessionVerifyDecodeIdToken as verify } from '../src/index.ts'
import { complaints, startIssuer } from './support/app.ts'

const now = (): number => Math.floor(Date.now() / 1000)

test('a token is of the issuer and for the client that are expected', async () => {
  const issuer = await startIssuer()
  const token = issuer.idToken()
  const who = await verify(token, { issuer: issuer.url, audience: 'client-1' })
  expect(who?.name).toBe('Ada Lovelace')
  const said = complaints()
  expect(await verify(token, { issuer: 'https://connect.example' })).toBeUndefined()
  expect(await verify(token, { issuer: issuer.url, audience: 'client-2' })).toBeUndefined()
  expect(said).toEqual([
    expect.stringMatching(/is of the issuer http/),
    expect.stringMatching(/is for another client/),
  ])
})

test('a user pool, as version 3 took it, is refused before anything is asked', async () => {
  const issuer = await startIssuer()
  const token = issuer.idToken({ 'custom:reapit:developerId': 'VICTIM' })
  const pool = 'eu-west-2_eQ7dreNzJ' as unknown as number
  const wanted =
    "write { issuer: 'https://cognito-idp.eu-west-2.amazonaws.com/eu-west-2_eQ7dreNzJ' }"
  await expect(verify(token, pool)).rejects.toThrow(wanted)
  await expect(verify(token, '' as unknown as number)).rejects.toThrow('write { issuer:')
  expect(issuer.log).toEqual([])
})

test.each([
  ['null', null],
  ['a list', ['https://connect.example']],
  ['an issuer that is not set', { issuer: undefined }],
  ['an empty audience', { audience: '' }],
  ['a member of another name', { userPoolId: 'eu-west-2_eQ7dreNzJ' }],
  ['a skew that is no number', { skew: '300' }],
  ['a skew of nothing', Number.NaN],
])('%s is no expectation', async (_, expected) => {
  const issuer = await startIssuer()
  await expect(verify(issuer.idToken(), expected as never)).rejects.toThrow(TypeError)
  expect(issuer.log).toEqual([])
})

test('a number is the skew, alone or beside the others', async () => {
  const issuer = await startIssuer()
  const token = issuer.idToken({ exp: now() - 200 })
  const said = complaints()
  expect(await verify(token)).toBeTruthy()
  expect(await verify(token, 0)).toBeUndefined()
  expect(await verify(token, { issuer: issuer.url, skew: 0 })).toBeUndefined()
  expect(said).toHaveLength(2)
})

test.each<[string, Record<string, unknown>, string]>([
  ['is of tomorrow', { iat: now() + 400 }, 'issued_in_future'],
  ['is not valid yet', { nbf: now() + 400 }, 'not_yet_valid'],
  ['has no end', { exp: undefined }, 'missing:exp'],
  ['is for somebody else, too', { aud: ['client-1', 'client-2'] }, 'audience_untrusted'],
  ['is of another party', { azp: 'client-2' }, 'authorized_party_mismatch'],
])('a token that %s is judged as every ID token is', async (_, claims, fault) => {
  const issuer = await startIssuer()
  const said = complaints()
  expect(await verify(issuer.idToken(claims), { audience: 'client-1' })).toBeUndefined()
  expect(said).toEqual([expect.stringContaining(`The ID token is not believed (${fault})`)])
})

test('a token that names another issuer has nobody asked for keys', async () => {
  const issuer = await startIssuer()
  const said = complaints()
  expect(await verify(issuer.idToken(), { issuer: 'https://connect.example' })).toBeUndefined()
  expect(said).toHaveLength(1)
  expect(issuer.log).toEqual([])
})

test('keys are fetched in a browser without AbortSignal.timeout', async () => {
  const issuer = await startIssuer()
  const own = AbortSignal.timeout
  onTestFinished(() => void (AbortSignal.timeout = own))
  Reflect.deleteProperty(AbortSignal, 'timeout')
  const asked = vi.spyOn(globalThis, 'fetch')
  onTestFinished(() => asked.mockRestore())
  expect(await verify(issuer.idToken())).toBeTruthy()
  expect(asked.mock.calls[0]?.[1]?.signal).toBeInstanceOf(AbortSignal)
})
