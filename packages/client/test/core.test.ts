import { afterEach, expect, it, vi } from 'vitest'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

it('what a browser has not is named, and which browsers have it', async () => {
  const { loadCore } = await import('../src/core.ts')
  vi.stubGlobal('DecompressionStream', undefined)
  await expect(loadCore()).rejects.toMatchObject({
    code: 'misconfigured',
    message: 'DecompressionStream is missing: Tenure needs Chrome 96, Safari 16.4 or Firefox 113',
  })
})

it('a core that did not start is started by the next who asks', async () => {
  const { loadCore } = await import('../src/core.ts')
  vi.stubGlobal('DecompressionStream', undefined)
  await expect(loadCore()).rejects.toThrow()
  vi.unstubAllGlobals()
  expect(await loadCore()).toHaveProperty('ask')
})
