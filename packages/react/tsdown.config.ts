import { defineConfig } from 'tsdown'
import { library } from '../tsdown.base.ts'

export default defineConfig({
  ...library({ index: 'src/index.ts' }),
  // For frameworks that render components on a server: these run in the page.
  banner: { js: `'use client'` },
})
