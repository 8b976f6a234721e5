import { chmodSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryFolder } from '../switchyard.js'

/** A config with one route to a backend, and others before it, where everybody may read it. */
export function siteFile(port: number, backend: number, before: readonly { match: string; to: string }[] = []): string {
  const file = join(temporaryFolder(), 'switchyard.json')
  const routes = [...before, { match: '/', to: `http://127.0.0.1:${backend}/` }]
  writeFileSync(file, JSON.stringify({ listen: [{ address: '127.0.0.1', port, tls: false }], routes }))
  chmodSync(dirname(file), 0o755)
  return file
}
