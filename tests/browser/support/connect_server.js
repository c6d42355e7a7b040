// `tenure dev` behind a proxy that writes down every request of an application.

import { createServer, request as ask } from 'node:http'

import { startTenure } from './server.js'

/** Starts both; access tokens live an hour, as the package takes them for expired early. */
export async function startRecorded() {
  const log = []
  const upstream = await freePort()
  const proxy = createServer((request, response) => forward(request, response, upstream, log))
  await listen(proxy, 0)
  const url = `http://127.0.0.1:${proxy.address().port}`
  const env = { TENURE_ISSUER: url }
  const tenure = await startTenure({ accessTokenTtl: 3600, listen: `127.0.0.1:${upstream}`, env })
  return {
    url,
    /** What was asked since the last time, without the pages that a person sees in between. */
    taken: () => log.splice(0).filter(isOfApplication),
    refreshes: () => tenure.refreshes(),
    async stop() {
      await tenure.stop()
      await close(proxy)
    },
  }
}

async function forward(incoming, outgoing, port, log) {
  const parts = []
  for await (const part of incoming) parts.push(part)
  const body = Buffer.concat(parts)
  const { method, url, headers } = incoming
  log.push({ method, url, headers, body: body.toString() })
  const onward = ask({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode, answer.rawHeaders)
    answer.pipe(outgoing)
  })
  onward.on('error', () => outgoing.destroy())
  onward.end(body)
}

function isOfApplication({ method, url }) {
  const form = url.startsWith('/login') && (method === 'POST' || url.startsWith('/login?continue='))
  return !form && url !== '/favicon.ico' && url !== '/metrics'
}

async function freePort() {
  const server = createServer()
  await listen(server, 0)
  const { port } = server.address()
  await close(server)
  return port
}

const listen = (server, port) => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))

function close(server) {
  return new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })
}
