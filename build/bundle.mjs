// Bundles main/ into out/ when the sources are newer than what stands there. `node build/bundle.mjs` bundles in any case.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(import.meta.dirname, '..')
const out = join(root, 'out')
const lock = join(root, 'node_modules/.cache/bundle.lock')
const sources = [
  'main',
  'shared',
  'renderer',
  'build/vite.node.config.ts',
  'build/vite.preload.config.ts',
  'build/vite.renderer.config.ts',
  'build/icons',
  'svelte.config.js',
  'package.json'
]

/** Bundles unless out/ was made from exactly these sources. Answers whether it bundled. Throws what the bundler throws. */
export async function ensureBundled({ force = false } = {}) {
  const print = fingerprint()
  if (!force && isMadeFrom(print)) return false
  return await underLock(async () => {
    if (!force && isMadeFrom(print)) return false // another process was first
    await bundle(print)
    return true
  })
}

/** Names, sizes and times of the sources in one digest; a deleted file changes it, too. */
function fingerprint() {
  const hash = createHash('sha256')
  for (const source of sources.map((name) => join(root, name)).filter(existsSync)) {
    for (const file of filesBelow(source)) {
      const { mtimeMs, size } = statSync(file)
      hash.update(`${relative(root, file)}\0${mtimeMs}\0${size}\n`)
    }
  }
  return hash.digest('hex')
}

function filesBelow(path) {
  if (!statSync(path).isDirectory()) return [path]
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.map((entry) => join(entry.parentPath, entry.name)).sort()
}

function isMadeFrom(print) {
  try {
    return readFileSync(join(out, 'made-from'), 'utf8') === print
  } catch {
    return false
  }
}

/** Into a folder of its own that takes out/'s place when it is whole, so that nobody starts half a bundle. */
async function bundle(print) {
  const { build } = await import('vite')
  const staging = `${out}.${process.pid}`
  try {
    await build({ configFile: join(root, 'build/vite.node.config.ts'), build: { outDir: staging } })
    await build({ configFile: join(root, 'build/vite.preload.config.ts'), build: { outDir: staging } })
    cpSync(join(root, 'build/icons/app'), join(staging, 'app/icons'), { recursive: true })
    await build({ configFile: join(root, 'build/vite.renderer.config.ts'), build: { outDir: join(staging, 'renderer') } })
    writeFileSync(join(staging, 'made-from'), print)
    rmSync(`${out}.old`, { recursive: true, force: true })
    if (existsSync(out)) renameSync(out, `${out}.old`)
    renameSync(staging, out)
  } finally {
    rmSync(staging, { recursive: true, force: true })
    rmSync(`${out}.old`, { recursive: true, force: true })
  }
}

/** One process bundles, the others wait for it: a folder is made or it is there already, on every platform. */
async function underLock(work) {
  const patienceMs = 60_000
  const since = Date.now()
  mkdirSync(join(lock, '..'), { recursive: true })
  while (!claim()) {
    if (Date.now() - since > patienceMs)
      throw new Error(`Another bundling holds ${lock} for a minute. Remove that folder if none is running.`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

function claim() {
  try {
    mkdirSync(lock)
    writeFileSync(join(lock, 'pid'), String(process.pid))
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (holderIsGone()) rmSync(lock, { recursive: true, force: true })
    return false
  }
}

/** A holder that was killed leaves its folder behind. One without a number is just being made. */
function holderIsGone() {
  try {
    process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')), 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const startedAt = performance.now()
  await ensureBundled({ force: true })
  console.log(`out/ bundled in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
}
