// `tenure dev` behind a proxy of this machine.

import { createServer, request as ask } from 'node:http'

import { startTenure } from './server.js'

/** Starts both. `headers` are added to every answer; `seen` is told every request, with its body. */
export async function startBehindProxy({ headers = {}, seen = () => undefined, ...options } = {}) {
  const upstream = await freePort()
  const proxy = createServer((request, response) => forward(request, response))
  await listen(proxy, 0)
  const url = `http://127.0.0.1:${proxy.address().port}`
  const env = { TENURE_ISSUER: url }
  const tenure = await startTenure({ ...options, listen: `127.0.0.1:${upstream}`, env })

  async function forward(incoming, outgoing) {
    const parts = []
    for await (const part of incoming) parts.push(part)
    const body = Buffer.concat(parts)
    const { method, url: path, headers: sent } = incoming
    seen({ method, url: path, headers: sent, body: body.toString() })
    const where = { host: '127.0.0.1', port: upstream, method, path, headers: sent }
    const onward = ask(where, (answer) => {
      outgoing.writeHead(answer.statusCode, [...answer.rawHeaders, ...Object.entries(headers).flat()])
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    onward.end(body)
  }

  return {
    ...tenure,
    url,
    async stop() {
      await tenure.stop()
      await close(proxy)
    },
  }
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
