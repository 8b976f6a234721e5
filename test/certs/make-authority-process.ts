import { Authorities } from '../../main/certs/authorities.js'
import { Issuer } from '../../main/certs/issuer.js'

/** A process of its own, as authorities.test.ts starts many at once: waits for the word, then says which authorities it got. */
const [dataDir = '', ...names] = process.argv.slice(2)
process.once('message', () => void go())
process.send?.('ready')

async function go(): Promise<void> {
  const authorities = new Authorities({ dataDir })
  const coverage = await authorities.authoritiesFor(names)
  const pair = await new Issuer({ authorities }).pair({ from: 'local', names }, names[0] ?? null)
  const got = coverage.authorities.map(({ name, fingerprint256 }) => ({ name, fingerprint256 }))
  process.send?.({ got, certificate: pair.certificate })
  process.disconnect()
}
