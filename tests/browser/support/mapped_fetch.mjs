// Loaded before a program of the documents: `fetch` of Node 20 knows no proxy.

const servers = JSON.parse(process.env.SERVERS)
const { fetch } = globalThis
globalThis.fetch = (input, init) => {
  const asked = new Request(input, init)
  const address = new URL(asked.url)
  address.host = servers[address.host] ?? address.host
  return fetch(new Request(address, asked))
}
