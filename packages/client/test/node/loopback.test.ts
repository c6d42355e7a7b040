// @vitest-environment node
// A person signs in to a Node program through a browser.

import { afterEach, beforeEach, expect, test } from 'vitest'

import { createSession, fileStorage, type Session, signInByLoopback } from '../../src/node.js'
import { browse } from './person.js'
import { CLIENT, Home, Server, tidy, withProgram } from './support.js'

withProgram('a sign-in by loopback', () => {
  let server: Server
  let home: Home
  let session: Session

  beforeEach(async () => {
    server = await Server.start(300)
    home = await Home.make()
    const storage = fileStorage(home.session)
    session = createSession({ issuer: server.url, clientId: CLIENT, storage })
  })
  afterEach(async () => {
    session.close()
    await tidy()
  })

  test('signs the person in, and the command line as well', async () => {
    let page: Response | undefined
    const identity = await signInByLoopback(session, {
      open: async (url) => {
        page = await browse(url)
      },
    })
    expect(identity?.sub).toEqual(expect.any(String))
    expect(identity).toEqual(session.identity)
    await expect.poll(() => page?.status).toBe(200)
    expect(await page?.text()).toContain('You are signed in')
    const { stdout } = await home.run('token').end()
    expect(stdout).toBe(await session.accessToken())
  })

  test('waits on when something else comes to its port', async () => {
    const statuses: number[] = []
    const identity = await signInByLoopback(session, {
      open: async (url) => {
        const back = new URL(new URL(url).searchParams.get('redirect_uri') ?? '')
        expect(back.hostname).toBe('127.0.0.1')
        for (const strange of ['/', '/callback', '/callback?state=foreign&code=1', '//']) {
          statuses.push((await fetch(back.origin + strange)).status)
        }
        statuses.push((await fetch(`${back}?state=foreign&code=1`, { method: 'POST' })).status)
        await browse(url)
      },
    })
    expect(statuses).toEqual([404, 400, 400, 404, 404])
    expect(identity).not.toBeNull()
  })

  test('that is refused says so, to the program and to the person', async () => {
    let page: Response | undefined
    const signedIn = signInByLoopback(session, {
      open: async (url) => {
        const { searchParams } = new URL(url)
        const back = new URL(searchParams.get('redirect_uri') ?? '')
        back.searchParams.set('error', 'access_denied')
        back.searchParams.set('state', searchParams.get('state') ?? '')
        back.searchParams.set('iss', server.url)
        page = await fetch(back)
      },
    })
    await expect(signedIn).rejects.toMatchObject({ code: 'refused', detail: 'access_denied' })
    await expect.poll(() => page?.status).toBe(400)
    expect(session.snapshot().status).toBe('signed_out')
  })

  test('ends when nobody comes, when it is given up, and when nothing can be shown', async () => {
    const nobody = signInByLoopback(session, { open: () => undefined, patienceSecs: 0.05 })
    await expect(nobody).rejects.toMatchObject({ code: 'state_expired' })
    const giveUp = new AbortController()
    const givenUp = signInByLoopback(session, { open: () => giveUp.abort(), signal: giveUp.signal })
    await expect(givenUp).rejects.toMatchObject({ name: 'AbortError' })
    const noBrowser = new Error('there is no browser')
    const unseen = signInByLoopback(session, { open: () => Promise.reject(noBrowser) })
    await expect(unseen).rejects.toBe(noBrowser)
  })
})
