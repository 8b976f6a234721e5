import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import { Authorities } from '../../main/certs/authorities.js'
import { caIssue } from '../../main/certs/ca-issue.js'
import { writeAuthoritiesFile } from '../../main/certs/bundle.js'
import { Issuer } from '../../main/certs/issuer.js'
import { checkCertificate } from '../../main/certs/key-pair-files.js'

/** Everything of the room that touches the runtime's crypto, once, with all checks on; prints what came of it as JSON. */
const [dataDir = '', servername = ''] = process.argv.slice(2)
const authorities = new Authorities({ dataDir })
const pair = await new Issuer({ authorities }).pair({ from: 'local', names: [servername] }, servername)
const server = createServer({ cert: pair.certificate, key: pair.key }).listen(0, '127.0.0.1')
await once(server, 'listening')
const ca = readFileSync(await writeAuthoritiesFile(authorities))
const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', servername, ca })
await once(client, 'secureConnect')
const { authorized } = client
client.destroy()
server.close()
const [issued] = await caIssue(authorities, [servername], dataDir)
const restarted = await new Issuer({ authorities: new Authorities({ dataDir }) }).pair({ from: 'local', names: [servername] }, servername)
const { node, electron = null, openssl } = process.versions
const facts = {
  authorized,
  check: checkCertificate(issued?.certFile ?? '', issued?.keyFile ?? ''),
  mismatch: checkCertificate(issued?.certFile ?? '', (await authorities.first()).certFile.replace('ca.pem', 'key.pem')),
  kept: restarted.certificate === pair.certificate
}
process.stdout.write(JSON.stringify({ ...facts, node, electron, openssl }))
