// What a fresh clone lacks: the packages of the lock file. Uses nothing but Node itself, since it runs before they are there.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const note = join(root, 'node_modules/.installed-from')

/** Installs by `npm ci` unless node_modules was made from this very lock file. Throws when Node is too old or npm fails. */
export function ensureDependencies() {
  requireNode(20, 19)
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (isInstalledFrom(lock)) return
  console.log('Installing the packages of package-lock.json (npm ci)')
  // Electron's own download waits until something needs it (build/electron-runtime.mjs).
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { ELECTRON_SKIP_BINARY_DOWNLOAD: '1' })
  writeFileSync(note, lock)
}

function requireNode(major, minor) {
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number)
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return
  throw new Error(`Switchyard needs Node ${major}.${minor} or later; this is ${process.versions.node}.`)
}

/** An `npm install` by hand leaves no note: then npm itself says whether everything of the lock file is there. */
function isInstalledFrom(lock) {
  if (existsSync(note) && readFileSync(note, 'utf8') === lock) return true
  if (!existsSync(join(root, 'node_modules')) || !agreesWithLock()) return false
  keepNote(lock)
  return true
}

/** In a checkout of somebody else's there will be none: then npm is asked again the next time. */
function keepNote(lock) {
  try {
    writeFileSync(note, lock)
  } catch (error) {
    if (error.code !== 'EACCES' && error.code !== 'EROFS') throw error
  }
}

/** npm writes what it installed into a lock file of its own; same packages, same versions: nothing to do. */
function agreesWithLock() {
  const installed = join(root, 'node_modules/.package-lock.json')
  if (!existsSync(installed)) return false
  const { packages: wanted } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const { packages: have } = JSON.parse(readFileSync(installed, 'utf8'))
  return Object.entries(wanted).every(([path, entry]) => path === '' || entry.optional || have[path]?.version === entry.version)
}

function run(command, args, environment) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
    shell: process.platform === 'win32'
  })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed (exit code ${status}).`)
}
