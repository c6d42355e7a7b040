import { defineConfig } from 'vitest/config'

/** The bindings are tested over the client's source, in a page that jsdom makes. */
const bindings = (name: string, root: string, react?: string) => ({
  resolve: {
    alias: {
      '@tenure/client': `${import.meta.dirname}/client/src/index.ts`,
      ...(react && { react: `${react}/react`, 'react-dom': `${react}/react-dom` }),
    },
  },
  test: {
    name,
    root,
    environment: 'jsdom',
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    testTimeout: 60_000,
  },
})

export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: [
      { test: { name: 'client', root: 'client', include: ['test/**/*.test.ts'] } },
      bindings('react 19', 'react'),
      bindings('react 18', 'react', `${import.meta.dirname}/peers/react18/node_modules`),
      bindings('vue', 'vue'),
      {
        test: { name: 'auth-connect', root: 'auth-connect', include: ['test/**/*.test.{ts,tsx}'] },
      },
      {
        resolve: {
          alias: {
            '@tenure/client/parts': `${import.meta.dirname}/client/src/parts.ts`,
            '@tenure/client': `${import.meta.dirname}/client/src/index.ts`,
          },
        },
        test: {
          name: 'connect-session',
          root: 'connect-session',
          include: ['test/**/*.test.{ts,tsx}'],
          testTimeout: 60_000,
        },
      },
    ],
  },
})
