import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'

/** Path of a bundled entry, such as `cli/switchyard` or `threads/engine`. Throws with the bundler's words where there is none. */
export function bundled(entry: string): string {
  const failure = inject('bundleFailure')
  if (failure !== '') throw new Error(`out/ could not be bundled: ${failure}`)
  const path = join(import.meta.dirname, '../out', `${entry}.js`)
  if (!existsSync(path)) throw new Error(`${entry} is not bundled. build/vite.node.config.ts names the entries.`)
  return path
}
