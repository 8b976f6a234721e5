// `npm run check`: types, and those of the screens once there are any (svelte-check fails where it finds no file).
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const checks = [
  ['typescript/bin/tsc', '--noEmit'],
  ...(existsSync(join(root, 'renderer/index.html'))
    ? [['svelte-check/bin/svelte-check', '--tsconfig', './tsconfig.json', '--fail-on-warnings']]
    : [])
]
for (const [tool, ...args] of checks) {
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', tool), ...args], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
