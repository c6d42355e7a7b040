import { misconfigured } from './errors.js'
import type { AuthConnectConfig, ResultConfig } from './types.js'

/** Takes the configuration that holds for all of the page. */
export function configure(given: AuthConnectConfig): void {
  config = given
}

/** The configuration, or an error that says what to do. */
export function configured(): AuthConnectConfig {
  if (config) return config
  throw misconfigured('call AuthConnect.setup() first')
}

/** The configuration where there is one. */
export function configuredIfAny(): AuthConnectConfig | undefined {
  return config
}

/** What a result keeps: data alone. */
export function resultConfig(of: AuthConnectConfig): ResultConfig {
  const { platform, android, ios, web, logLevel } = of
  return JSON.parse(JSON.stringify({ platform, android, ios, web, logLevel })) as ResultConfig
}

/** Whether this page, or a window of its own, asks the person; on a device neither does. */
export function uiMode(of: AuthConnectConfig): 'popup' | 'current' | 'none' {
  return of.platform === 'web' ? (of.web?.uiMode ?? 'popup') : 'none'
}

/** What an application on a device has to know. */
export function withoutNative(platform: string): string {
  return (
    `this package has no native part: on ${platform} login() cannot open the provider's page, ` +
    'and logout() signs out here and revokes the tokens, but leaves the provider signed in'
  )
}

export function fetcher(): typeof globalThis.fetch {
  return config?.tenure?.fetch ?? ((input, init) => globalThis.fetch(input, init))
}

/** Tells what happens, never a token. */
export function log(level: 'debug' | 'error', what: string): void {
  const wanted = config?.logLevel ?? 'DEBUG'
  if (wanted === 'NONE' || (wanted === 'ERROR' && level === 'debug')) return
  console[level](`[auth-connect] ${what}`)
}

let config: AuthConnectConfig | undefined
