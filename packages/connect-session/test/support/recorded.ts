import all from './recorded.json' with { type: 'json' }

/** A request of the original. */
interface Recorded {
  method: string
  url: string
  ct?: string
  accept?: string
  body: string
}

/** What the original was seen to do, by the name of what was done with it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const recorded: any = all

/** The requests of a recording: those of scripts, and the addresses that the page went to. */
export function log(name: string): { asked: object[]; visits: string[] } {
  const log = recorded[name].log as Recorded[]
  const isVisit = ({ accept }: Recorded): boolean => accept?.startsWith('text/html') ?? false
  return {
    asked: log.filter((entry) => !isVisit(entry)).map(masked),
    visits: log.filter(isVisit).map(({ url }) => mask(url)),
  }
}

/** A request without what differs from run to run. */
export function masked({ method, url, ct, accept, body }: Recorded): object {
  return { method, url: mask(url), ct, accept, body: mask(body) }
}

/** A text without what differs from run to run. */
export function mask(text: string): string {
  return text
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, '{uuid}')
    .replace(/(code_challenge=)[\w-]{43}\b/, '$1{challenge}')
    .replace(/[\da-f]{112}/, '{verifier}')
    .replace(/rt-\w{4}|refresh-\d+/, '{refresh token}')
}

/** What a store holds, without what differs from run to run. */
export function maskedStore(store: Record<string, string>): Record<string, string> {
  const pairs = Object.entries(store).map(([key, value]) => [mask(key), mask(value)])
  return Object.fromEntries(pairs) as Record<string, string>
}
