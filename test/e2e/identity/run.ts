import { readFileSync } from 'node:fs'
import { runIdentity } from '../../engine/tunnel/identity.js'

/**
 * Runs cases of the tunnel's byte identity in whatever runtime this is, and prints what came of them as JSON, a line for
 * each pair of transports. `node run.js CASES SEED CERT KEY`: CASES is their sum.
 */
const [cases, seed, certFile, keyFile] = process.argv.slice(2) as [string, string, string, string]
const pair = { cert: readFileSync(certFile, 'latin1'), key: readFileSync(keyFile, 'latin1') }
const shares = [
  ['plain', 'plain', 0.5],
  ['tls', 'plain', 0.2],
  ['plain', 'tls', 0.15],
  ['tls', 'tls', 0.15]
] as const

for (const [client, origin, share] of shares) {
  const result = await runIdentity({ cases: Math.ceil(Number(cases) * share), seed: Number(seed), client, origin, pair })
  console.log(JSON.stringify({ runtime: process.versions['electron'] === undefined ? 'node' : 'electron', client, origin, ...result }))
}
process.exit(0)
