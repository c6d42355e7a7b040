// What the package asks for, with the values that differ from run to run under names.

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
const VALUES = [
  [new RegExp(`(?<=[?&]state=)${UUID.source}(?=&|$)`), '{uuid}'],
  [/(?<=[?&]code_challenge=)[\w-]{43}(?=&|$)/, '{challenge}'],
  [/(?<=[?&]code_verifier=)[0-9a-f]{112}(?=&|$)/, '{verifier}'],
  [/(?<=[?&]code=)[\w-]{43}(?=&|$)/, '{code}'],
  [/(?<=[?&]refresh_token=)rt1\.[\w.-]+(?=&|$)/, '{refresh token}'],
]

/** A text without what differs; the address of the application is `APP`. */
export function masked(text, app) {
  const placed = text.replaceAll(app, 'APP').replaceAll(encodeURIComponent(app), 'APP')
  return VALUES.reduce((text, [pattern, name]) => text.replace(pattern, name), placed)
}

/** A request as it is compared: all that matters to a server. */
export function told({ method, url, headers, body }, app) {
  const { accept, authorization, origin } = headers
  const form = `&${body}`
  const kept = {
    method,
    url: masked(url, app),
    ct: headers['content-type'],
    origin: origin && masked(origin, app),
    accept: accept?.startsWith('text/html,') ? 'a page' : accept,
    authorization,
    body: masked(form, app).slice(1),
  }
  return JSON.parse(JSON.stringify(kept))
}

/** What a store holds, as it is compared. */
export function named(store) {
  const pairs = Object.entries(store).map(([key, value]) => [
    key.replace(UUID, '{uuid}'),
    value.replace(/^[0-9a-f]{112}$/, '{verifier}').replace(/^rt1\.[\w.-]+$/, '{refresh token}'),
  ])
  return Object.fromEntries(pairs)
}

const FORM = 'application/x-www-form-urlencoded'

export const visit = (url) => ({ method: 'GET', url, accept: 'a page', body: '' })

export const post = (url, body) => ({
  method: 'POST',
  url,
  ct: FORM,
  origin: 'APP',
  accept: '*/*',
  body,
})

export const keys = {
  method: 'GET',
  url: '/.well-known/jwks.json',
  origin: 'APP',
  accept: '*/*',
  body: '',
}

/** The client credentials of versions 3 and 4: an empty object in the body, by axios. */
export const service = (client, secret) => ({
  method: 'POST',
  url: `/token?grant_type=client_credentials&client_id=${client}`,
  ct: FORM,
  accept: 'application/json, text/plain, */*',
  authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}`,
  body: '{}',
})
