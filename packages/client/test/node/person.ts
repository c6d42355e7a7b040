// A person with a browser that keeps cookies, follows redirects, and sends forms.

/** Opens an address and signs the demo account in on every form that asks for it. */
export async function browse(url: string): Promise<Response> {
  const cookies = new Map<string, string>()
  let response = await walk(cookies, url)
  for (let times = 0; times < 4; times += 1) {
    const form = formOf(response.url, await response.clone().text())
    if (form === null) return response
    response = await walk(cookies, form.action, form.fields)
  }
  throw new Error(`a form comes again and again at ${response.url}`)
}

async function walk(
  cookies: Map<string, string>,
  url: string,
  form?: URLSearchParams,
): Promise<Response> {
  let [address, body] = [url, form]
  for (let times = 0; times < 20; times += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const method = body ? 'POST' : 'GET'
    const init = { method, headers: { cookie }, redirect: 'manual' as const, body: body ?? null }
    const response = await fetch(address, init)
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      cookies.set(name, value)
    }
    const next = response.headers.get('location')
    if (next === null) return response
    ;[address, body] = [new URL(next, address).href, undefined]
  }
  throw new Error(`more than 20 redirects, at ${address}`)
}

/** The first form of a page, filled in with the demo account. */
function formOf(url: string, page: string): { action: string; fields: URLSearchParams } | null {
  const form = /<form[^]*?<\/form>/.exec(page)?.[0]
  if (form === undefined) return null
  const fields = new URLSearchParams()
  for (const [tag] of form.matchAll(/<(input|button)\b[^>]*>/g)) {
    const name = attribute(tag, 'name')
    if (name !== null) fields.set(name, DEMO[name] ?? attribute(tag, 'value') ?? '')
  }
  const action = attribute(/<form[^>]*>/.exec(form)?.[0] ?? '', 'action') ?? ''
  return { action: new URL(action, url).href, fields }
}

function attribute(tag: string, name: string): string | null {
  const value = new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1]
  return (
    value
      ?.replace(/&quot;/g, '"')
      .replace(/&#39;/g, "'")
      .replace(/&amp;/g, '&') ?? null
  )
}

const DEMO: Record<string, string> = {
  username: 'demo',
  password: 'correct horse battery staple',
}
