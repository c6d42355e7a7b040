// Finds files that lead back to themselves by their imports, types included, and fails then.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

/** Made by the build. */
const MADE = /\/(node_modules|dist|core)$/

const sources = ['parts', ...readdirSync('.').map((name) => join(name, 'src'))]
const files = new Set(sources.filter(existsSync).flatMap((folder) => sourcesIn(resolve(folder))))
const done = new Set()
const circles = [...files].flatMap((file) => circlesFrom(file, []))
for (const circle of circles) console.error(`a circle: ${circle.join(' -> ')}`)
if (circles.length > 0) process.exitCode = 1

function circlesFrom(file, path) {
  const begun = path.indexOf(file)
  if (begun >= 0) {
    return [[...path.slice(begun), file].map((name) => relative('.', name))]
  }
  if (done.has(file)) return []
  const found = importsOf(file).flatMap((next) => circlesFrom(next, [...path, file]))
  done.add(file)
  return found
}

function importsOf(file) {
  const named = readFileSync(file, 'utf8').matchAll(/(?:from|import\(?) ?'(\.[^']+)\.js'/g)
  return [...named].flatMap(([, name]) => {
    const path = resolve(dirname(file), name)
    return [`${path}.ts`, `${path}.tsx`].filter((source) => files.has(source))
  })
}

function sourcesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return MADE.test(path) ? [] : sourcesIn(path)
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })
}
