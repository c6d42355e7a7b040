import type { ProviderURLInfo } from './types.js'

/** The address of a request with its parameters. */
export function withParameters({ url, params }: ProviderURLInfo): string {
  const address = new URL(url)
  for (const [name, value] of Object.entries(params ?? {})) address.searchParams.set(name, value)
  return address.href
}

/** A form to post. */
export function form(payload: Record<string, string>): RequestInit {
  return {
    method: 'POST',
    body: new URLSearchParams(payload).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
  }
}
