import * as Original from '@toruslabs/session-manager'
import { expect, test } from 'vitest'

import * as Ours from '../../src/index.js'

/** What both packages have; the original is called as ours is. */
export type Library = typeof Ours

/**
 * What holds for ours and not for the original. The same body runs over both: with ours it passes,
 * with the original one of its expectations fails.
 */
export function better(name: string, body: (library: Library) => Promise<void>): void {
  test(name, () => body(Ours))
  test(`${name} (the original: not so)`, async () => {
    const outcome = await body(Original as unknown as Library).catch((cause: unknown) => cause)
    expect(outcome ?? 'it passed').toHaveProperty('name', 'AssertionError')
  })
}

/** What holds for both. */
export function same(name: string, body: (library: Library) => Promise<void>): void {
  test.each([
    ['ours', Ours],
    ['the original', Original as unknown as Library],
  ])(`${name} (%s)`, (_, library) => body(library))
}
