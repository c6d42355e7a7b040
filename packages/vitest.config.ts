import { availableParallelism } from 'node:os'

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

/** The tests of Auth Connect wait for a provider on this machine. */
const authConnect = (name: string, include: string[], more: Record<string, string> = {}) => ({
  resolve: {
    alias: {
      '@tenure/client/protocol': `${import.meta.dirname}/client/src/protocol.ts`,
      '@tenure/client': `${import.meta.dirname}/client/src/index.ts`,
      ...more,
    },
  },
  test: { name, root: 'auth-connect', include, testTimeout: 60_000 },
})

export default defineConfig({
  test: {
    passWithNoTests: true,
    // Most of the time they wait.
    maxWorkers: Math.max(4, availableParallelism()),
    projects: [
      { test: { name: 'client', root: 'client', include: ['test/**/*.test.ts'] } },
      {
        resolve: {
          alias: {
            '@tenure/client/protocol': `${import.meta.dirname}/client/src/protocol.ts`,
            '@tenure/client': `${import.meta.dirname}/client/src/index.ts`,
          },
        },
        test: { name: 'session-manager', root: 'session-manager', testTimeout: 600_000 },
      },
      bindings('react 19', 'react'),
      bindings('react 18', 'react', `${import.meta.dirname}/peers/react18/node_modules`),
      bindings('vue', 'vue'),
      authConnect('auth-connect', ['test/**/*.test.{ts,tsx}']),
      authConnect('auth-connect, react 18', ['test/react.test.tsx'], {
        react: `${import.meta.dirname}/peers/react18/node_modules/react`,
        'react-dom': `${import.meta.dirname}/peers/react18/node_modules/react-dom`,
      }),
      {
        resolve: {
          alias: {
            '@tenure/client/protocol': `${import.meta.dirname}/client/src/protocol.ts`,
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
