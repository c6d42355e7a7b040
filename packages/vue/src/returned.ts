/** Whoever goes back from the issuer finds the page as it was left: waiting. */
export function onReturn(signal: AbortSignal, returned: () => void): void {
  const back = (event: PageTransitionEvent): void => {
    if (event.persisted) returned()
  }
  addEventListener('pageshow', back, { signal })
}
