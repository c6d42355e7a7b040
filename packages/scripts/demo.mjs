// Makes the script that the server's demo page loads: the whole of @tenure/client in one file, so
// that the server is built without npm. With `--check` it only says whether the file is current.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const FILE = new URL('../../crates/tenure-server/assets/demo/client.js', import.meta.url)

const { outputFiles } = await build({
  entryPoints: ['client/src/index.ts'],
  absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
  bundle: true,
  minify: true,
  write: false,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  conditions: ['browser', 'import', 'module'],
  banner: { js: '// @tenure/client, made by `cargo xtask demo` from packages/client.' },
  legalComments: 'none',
  logLevel: 'error',
})
const made = outputFiles[0].text

if (!process.argv.includes('--check')) {
  await writeFile(FILE, made)
} else if ((await readFile(FILE, 'utf8').catch(() => '')) !== made) {
  console.error('the demo page has an old @tenure/client: run `cargo xtask demo`')
  process.exitCode = 1
}
