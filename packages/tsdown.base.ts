import type { UserConfig } from 'tsdown'

/** How every package is built: ESM and CommonJS, each with its own types. */
export function library(entry: Record<string, string>): UserConfig {
  return {
    entry,
    format: ['esm', 'cjs'],
    outDir: 'dist',
    platform: 'neutral',
    target: 'es2022',
    dts: { tsconfig: '../tsconfig.base.json' },
    tsconfig: '../tsconfig.base.json',
    outExtensions: ({ format }) =>
      format === 'es' ? { js: '.js', dts: '.d.ts' } : { js: '.cjs', dts: '.d.cts' },
    clean: true,
    treeshake: true,
    sourcemap: false,
    report: false,
    failOnWarn: true,
    outputOptions: {
      // A helper of its own file: in the file of one entry, it would make every other load that one.
      codeSplitting: { groups: [{ name: 'runtime', test: /rolldown\/runtime/ }] },
      // Jest 27 doubles no object that is tagged as a module.
      generatedCode: { symbols: false },
    },
    hooks: {
      'build:done': async () => {
        const { copyFile } = await import('node:fs/promises')
        for (const name of ['LICENSE-APACHE', 'LICENSE-MIT']) await copyFile(`../../${name}`, name)
      },
    },
  }
}
