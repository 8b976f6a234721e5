import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

const isRoot = process.getuid?.() === 0
/** `nobody` of Debian and its kin. */
const nobody = { uid: 65_534, gid: 65_534 }

/** Words before a command that run it as somebody for whom Chromium has a sandbox: nothing, where the tests are not run as root. */
export function unprivileged(): string[] {
  if (!isRoot) return []
  // That it gets into a checkout below /root is seen to by test/reachable.ts.
  return ['setpriv', `--reuid=${nobody.uid}`, `--regid=${nobody.gid}`, '--clear-groups']
}

/** Sees to it that an Electron has its sandbox: by user namespaces, else by its helper, which has to be root's and setuid. */
export function needSandbox(electron: string): void {
  if (!isRoot || succeeds([...unprivileged(), 'unshare', '--user', 'true'])) return
  const helper = join(dirname(electron), 'chrome-sandbox')
  if (statSync(helper).uid !== 0) chownSync(helper, 0, 0)
  chmodSync(helper, 0o4755)
}

/** A folder that the unprivileged user owns; gone when the test is over. */
export function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-app-'))
  if (isRoot) chownSync(folder, nobody.uid, nobody.gid)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

function succeeds([command = '', ...args]: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0
}
