import { chmodSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const passThrough = 0o001

/**
 * The app's tests start Electron as a user without rights, since Chromium has no sandbox as root. In a checkout below a
 * folder of root's own (`/root`) that user gets through to it while the tests run: entering is let, reading is not.
 */
export default function setup(): (() => void) | undefined {
  if (process.getuid?.() !== 0) return undefined
  const closed = foldersAbove(root)
    .map((folder) => ({ folder, mode: statSync(folder).mode & 0o7777 }))
    .filter(({ mode }) => (mode & passThrough) === 0)
  for (const { folder, mode } of closed) chmodSync(folder, mode | passThrough)
  return () => closed.forEach(({ folder, mode }) => chmodSync(folder, mode))
}

function foldersAbove(path: string): string[] {
  const above = dirname(path)
  return above === path ? [path] : [path, ...foldersAbove(above)]
}
