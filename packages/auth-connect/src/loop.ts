import { allowRedirect, forgetRedirects } from '@tenure/client/protocol'
import { AuthConnectError } from './errors.js'

/** Stops a loop of redirects that do not lead to a sign-in. */
export async function admit(): Promise<void> {
  if (await allowRedirect(KEY)) return
  throw new AuthConnectError(
    'redirect_loop',
    'signing in came back three times within ten seconds: something is wrong with it',
  )
}

/** A sign-in succeeded: the count begins again. */
export function calm(): void {
  forgetRedirects(KEY)
}

const KEY = 'tenure:auth-connect:redirects'
