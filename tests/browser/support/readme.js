// The code of the documents, block by block, as it stands there.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const root = new URL('../../../', import.meta.url).pathname

/** Every README of the repository, and what operators copy from. */
const DOCUMENTS = [...listed('*README.md'), 'docs/operators.md']

/** All blocks: `name` is the document with the block's first line of code, and which of those it is. */
export function allBlocks() {
  return DOCUMENTS.flatMap((document) => {
    const text = readFileSync(root + document, 'utf8')
    const seen = new Map()
    const named = (code) => {
      const name = `${document}: ${code.split('\n')[0]}`
      seen.set(name, (seen.get(name) ?? 0) + 1)
      return seen.get(name) === 1 ? name : `${name} (${seen.get(name)})`
    }
    return [...text.matchAll(/^( *)```(\w*)\n(.*?)^\1```$/gms)].map(([, indent, language, inner]) => {
      const code = inner.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
      return { document, name: named(code), language, code }
    })
  })
}

function listed(pattern) {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '--', pattern]
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim().split('\n')
}
