// The programs outside of npm that the tests drive: real servers, a real browser, other people's clients.
import { spawnSync } from 'node:child_process'
import { accessSync, chmodSync, constants, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program, the Debian package that has it, and how to see that it is there. */
const wanted = [
  { name: 'apache2', debian: 'apache2', isThere: () => onPath('apache2') || onPath('httpd') },
  { name: 'nginx', debian: 'nginx', isThere: () => onPath('nginx') },
  { name: 'chromium', debian: 'chromium', isThere: () => onPath('chromium') },
  { name: 'certutil', debian: 'libnss3-tools', isThere: () => onPath('certutil') },
  { name: 'openssl', debian: 'openssl', isThere: () => onPath('openssl') },
  { name: 'curl', debian: 'curl', isThere: () => onPath('curl') },
  { name: 'update-ca-certificates', debian: 'ca-certificates', isThere: () => onPath('update-ca-certificates') },
  { name: 'python3-websockets', debian: 'python3-websockets', isThere: () => succeeds('/usr/bin/python3', ['-c', 'import websockets']) },
  { name: 'xvfb-run', debian: 'xvfb', isThere: () => onPath('xvfb-run') },
  { name: 'xauth', debian: 'xauth', isThere: () => onPath('xauth') }
]
const policy = '/usr/sbin/policy-rc.d'

/**
 * Installs what is missing where that can be done without asking (Debian and its kin, as root).
 * Answers the sentence that says what to install elsewhere, or null when everything is there.
 */
export function ensureSystemPackages() {
  const missing = wanted.filter((one) => !one.isThere())
  if (missing.length === 0) return null
  const packages = missing.map((one) => one.debian).join(' ')
  if (!existsSync('/etc/debian_version'))
    return `The tests need ${missing.map((one) => one.name).join(', ')} on the PATH (Debian has them as: ${packages}).`
  if (process.getuid?.() !== 0) return `The tests need more programs. Install them by: sudo apt-get install ${packages}`
  console.log(`Installing ${packages} (apt-get)`)
  withServicesHeldBack(() => install(packages.split(' ')))
  const still = missing.filter((one) => !one.isThere())
  return still.length === 0 ? null : `apt-get did not bring ${still.map((one) => one.name).join(', ')}.`
}

function install(packages) {
  const apt = (...args) => spawnSync('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], aptOptions)
  // First, since a list that came with the machine may name versions of long ago; without a network it may be all there is.
  apt('update')
  apt('install', '-y', '--no-install-recommends', ...packages)
}

const aptOptions = {
  stdio: ['ignore', 'ignore', 'inherit'],
  timeout: 10 * 60_000,
  env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' }
}

/** Debian starts a server as soon as it is installed, on ports that are not ours to take. Exit code 101 forbids it. */
function withServicesHeldBack(work) {
  const before = existsSync(policy) ? { text: readFileSync(policy), mode: statSync(policy).mode & 0o777 } : null
  try {
    writeFileSync(policy, '#!/bin/sh\nexit 101\n')
    chmodSync(policy, 0o755)
    work()
  } finally {
    if (before === null) rmSync(policy, { force: true })
    else {
      writeFileSync(policy, before.text)
      chmodSync(policy, before.mode)
    }
  }
}

/** Servers live in sbin, which is not on everybody's PATH. */
function onPath(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin']
  return folders.some((folder) => isExecutable(join(folder, program)))
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function succeeds(command, args) {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 20_000 }).status === 0
}
