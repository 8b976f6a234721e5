import { readFileSync } from 'node:fs'
import { takesHandles } from './takes-handles.js'
import { didStall, runIdentity } from './identity.js'

/** Runs the identity property in whatever runtime this is; the result is one line of JSON. Arguments: cases, certificate, key. */
const [cases = '1000', certFile = '', keyFile = ''] = process.argv.slice(2)
const pair = { cert: readFileSync(certFile, 'latin1'), key: readFileSync(keyFile, 'latin1') }
const seed = Math.floor(Math.random() * 2 ** 31)
const results = []
const hollow = []
for (const client of ['plain', 'tls'] as const) {
  for (const origin of ['plain', 'tls'] as const) {
    const result = await runIdentity({ cases: Math.ceil(Number(cases) / 4), seed, client, origin, pair })
    results.push(result)
    if (!didStall(client, origin)(result)) hollow.push({ client, origin, ...result })
  }
}
console.log(
  JSON.stringify({
    node: process.version,
    electron: process.versions['electron'] ?? null,
    way: await takesHandles(pair),
    seed,
    cases: results.reduce((sum, result) => sum + result.cases, 0),
    frames: results.reduce((sum, result) => sum + result.frames, 0),
    /** Pairs in which nothing was held back, or reset. */
    hollow,
    failures: results.flatMap(({ failures }) => failures)
  })
)
process.exit(0)
