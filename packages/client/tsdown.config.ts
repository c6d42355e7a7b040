import { existsSync } from 'node:fs'
import { defineConfig } from 'tsdown'
import { library } from '../tsdown.base.ts'

const node = existsSync('src/node.ts') ? { node: 'src/node.ts' } : {}

export default defineConfig({
  ...library({ index: 'src/index.ts', protocol: 'src/protocol.ts', ...node }),
  // The entry for Node alone uses Node's own modules.
  deps: { neverBundle: [/^node:/] },
})
