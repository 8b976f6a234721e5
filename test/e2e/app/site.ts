import { chmodSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryFolder } from '../switchyard.js'

/** A config with one route to a backend, where everybody may read it. */
export function siteFile(port: number, backend: number): string {
  const file = join(temporaryFolder(), 'switchyard.json')
  const site = { listen: [{ address: '127.0.0.1', port, tls: false }], routes: [{ match: '/', to: `http://127.0.0.1:${backend}/` }] }
  writeFileSync(file, JSON.stringify(site))
  chmodSync(dirname(file), 0o755)
  return file
}
