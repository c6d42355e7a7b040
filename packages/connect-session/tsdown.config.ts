import { defineConfig } from 'tsdown'
import { library } from '../tsdown.base.ts'

export default defineConfig([
  {
    ...library({
      index: 'src/index.ts',
      browser: 'src/browser.ts',
      server: 'src/server.ts',
      button: 'src/button.ts',
    }),
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
