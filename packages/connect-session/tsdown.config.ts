import { fileURLToPath } from 'node:url'
import { defineConfig, type UserConfig } from 'tsdown'
import { library } from '../tsdown.base.ts'

/** Where modules are required, React is looked for when the hook is used, and not before. */
const LATE = {
  './load_react.js': fileURLToPath(new URL('src/load_react_late.ts', import.meta.url)),
}

/** What `import` gives in Node, which would look for React at once: the same names, as required. */
const forNode = {
  name: 'the entry for Node',
  generateBundle(this: Emits, _: unknown, bundle: Record<string, { exports?: string[] }>): void {
    const names = bundle['index.js']?.exports?.join(', ')
    if (names === undefined) return
    const source = `export { ${names} } from './index.cjs'\n`
    this.emitFile({ type: 'asset', fileName: 'index.node.js', source })
  },
}

interface Emits {
  emitFile(file: { type: 'asset'; fileName: string; source: string }): unknown
}

const inputOptions: UserConfig['inputOptions'] = (options, format) =>
  format === 'cjs'
    ? { ...options, resolve: { ...options.resolve, alias: LATE } }
    : { ...options, plugins: [options.plugins, forNode] }

export default defineConfig([
  {
    ...library({
      index: 'src/index.ts',
      browser: 'src/browser.ts',
      server: 'src/server.ts',
      button: 'src/button.ts',
    }),
    inputOptions,
    clean: ['dist/*', '!dist/*.iife.js'],
  },
  {
    // The button as one file for a script tag, with all that it needs.
    entry: { button: 'src/button.ts' },
    format: 'iife',
    globalName: 'TenureConnect',
    outDir: 'dist',
    platform: 'browser',
    target: 'es2022',
    tsconfig: '../tsconfig.base.json',
    deps: { alwaysBundle: [/./] },
    minify: true,
    dts: false,
    clean: false,
    report: false,
    failOnWarn: true,
  },
])
