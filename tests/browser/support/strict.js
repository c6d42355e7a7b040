// An issuer that answers no refresh token twice: whoever shows one again has lost the session. Its
// access tokens are over at once, so that each who wants one asks for it.

import { createServer } from 'node:http'

export async function startStrict() {
  let number = 0
  let current = null
  const counts = { granted: 0, refused: 0 }
  const heard = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    heard.push(body)
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('access-control-allow-headers', '*')
    const json = (status, value) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(value))
    }
    if (request.method === 'OPTIONS') return json(200, {})
    if (request.url.startsWith('/.well-known/')) return json(200, described(url))
    if (request.url !== '/token') return json(200, {})
    const shown = new URLSearchParams(body).get('refresh_token')
    if (shown !== current) {
      counts.refused += 1
      current = null
      return json(400, { error: 'invalid_grant' })
    }
    counts.granted += 1
    json(200, tokens())
  })
  const tokens = () => {
    number += 1
    current = `rt-${number}`
    return { access_token: `at-${number}`, token_type: 'Bearer', expires_in: 0, refresh_token: current }
  }
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${server.address().port}`
  return {
    url,
    counts,
    /** The body of every request. */
    heard,
    forget: () => Object.assign(counts, { granted: 0, refused: 0 }),
    /** The tokens of a sign-in, as they are handed in. */
    begin() {
      const { access_token, refresh_token } = tokens()
      return { accessToken: access_token, refreshToken: refresh_token, expiresIn: 0 }
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  }
}

function described(url) {
  return {
    issuer: url,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    jwks_uri: `${url}/jwks`,
    revocation_endpoint: `${url}/revoke`,
  }
}
