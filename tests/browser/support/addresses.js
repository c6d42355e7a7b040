// The documents write addresses that may be taken on this machine. A proxy stands for them: whoever
// goes through it reaches the servers of the test there.

import { createServer, request as ask } from 'node:http'
import { createServer as createSocket } from 'node:net'

/** `servers` says for each written host with its port where it is. */
export async function startProxy(servers) {
  const proxy = createServer((request, response) => forward(request, response, servers))
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${proxy.address().port}`
  return {
    url,
    /** For programs: all of them know one of these. */
    env: { http_proxy: url, HTTP_PROXY: url, no_proxy: '', NO_PROXY: '' },
    /** For the browser; applications on `localhost` are where they say. */
    args: [`--proxy-server=${url}`, '--proxy-bypass-list=<-loopback>;localhost'],
    stop: () =>
      new Promise((resolve) => {
        proxy.close(resolve)
        proxy.closeAllConnections()
      }),
  }
}

export async function freePort() {
  const server = createSocket()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

function forward(request, response, servers) {
  const { host, port, pathname, search } = new URL(request.url)
  const to = new URL(`http://${servers[host] ?? `127.0.0.1:${port}`}`)
  const onward = ask(
    {
      host: to.hostname,
      port: to.port,
      method: request.method,
      path: pathname + search,
      headers: request.headers,
    },
    (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders)
      answer.pipe(response)
    },
  )
  onward.on('error', () => response.destroy())
  request.pipe(onward)
}
