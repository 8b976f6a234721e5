// `npm run package [-- ARGUMENTS]`: an application out of what is bundled, around the Electron that is there.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ensureBundled } from './bundle.mjs'
import { electronRuntime } from './electron-runtime.mjs'

const root = join(import.meta.dirname, '..')
const builder = join(root, 'node_modules/electron-builder/cli.js')

await ensureBundled()
const distribution = dirname(await electronRuntime())
const isOwn = distribution.startsWith(join(root, 'node_modules/electron/'))
process.exitCode = isOwn ? run([]) : around(distribution)

/** A distribution from elsewhere has a loader for development runs, which has no place in a package. */
function around(distribution) {
  const staging = mkdtempSync(join(tmpdir(), 'switchyard-package-'))
  try {
    const loader = join(distribution, 'resources/app')
    cpSync(distribution, staging, { recursive: true, filter: (path) => !path.startsWith(loader) })
    return run([`--config.electronDist=${staging}`, `--config.electronVersion=${versionOf(distribution)}`])
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

function versionOf(distribution) {
  const path = join(distribution, 'version')
  if (!existsSync(path)) throw new Error(`${distribution} does not say its version.`)
  return readFileSync(path, 'utf8').trim().replace(/^v/, '')
}

function run(args) {
  const all = [builder, '--publish', 'never', ...args, ...process.argv.slice(2)]
  return spawnSync(process.execPath, all, { cwd: root, stdio: 'inherit' }).status ?? 1
}
