import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: [{ test: { name: 'client', root: 'client', include: ['test/**/*.test.ts'] } }],
  },
})
