import { X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { Authorities } from '../../main/certs/authorities.js'
import { issueFrom, type Issue } from '../../main/certs/issued-folder.js'
import { Issuer } from '../../main/certs/issuer.js'
import { issueBeside } from '../../main/host/issuing.js'
import { bundled } from '../bundled.js'
import { temporaryFolder } from '../certs/data-folder.js'

const threads = new URL('./', pathToFileURL(bundled('threads/issuer')))
const ref = { from: 'local', names: ['localhost'] } as const

function issuing(make: (dataDir: string) => Issue): { issuer: Issuer; authorities: Authorities } {
  const dataDir = temporaryFolder()
  const authorities = new Authorities({ dataDir })
  return { issuer: new Issuer({ authorities, issue: make(dataDir) }), authorities }
}
/** In ms: how long this thread was busy for each name. */
async function busyFor(issuer: Issuer, names: readonly string[]): Promise<number> {
  await issuer.pair(ref, 'first.localhost')
  const before = performance.eventLoopUtilization()
  for (const name of names) await issuer.pair(ref, name)
  return performance.eventLoopUtilization(before).active / names.length
}

describe('issuing beside the engine', () => {
  it('makes a certificate that its authority signed, and finds it on disk again', async () => {
    const dataDir = temporaryFolder()
    const authorities = new Authorities({ dataDir })
    const first = await new Issuer({ authorities, issue: issueBeside(dataDir, threads) }).pair(ref, 'app.test')
    expect(new X509Certificate(first.certificate).verify(new X509Certificate((await authorities.first()).certificate).publicKey)).toBe(true)
    expect(new X509Certificate(first.certificate).checkHost('app.test')).toBe('app.test')
    expect(await new Issuer({ authorities, issue: issueBeside(dataDir, threads) }).pair(ref, 'app.test')).toEqual(first)
  })

  it('makes the same names as here: of hosts, and addresses of both families', async () => {
    const asked = [null, '127.0.0.1', '::1', '10.1.2.3', 'app.test']
    const names = async ({ issuer }: { issuer: Issuer }) =>
      await Promise.all(asked.map(async (name) => new X509Certificate((await issuer.pair(ref, name)).certificate).subjectAltName))
    const beside = await names(issuing((dataDir) => issueBeside(dataDir, threads)))
    expect(beside).toEqual(await names(issuing((dataDir) => issueFrom(dataDir))))
    expect(beside[1]).toBe('IP Address:127.0.0.1')
  })

  it('takes less than half of the time from the thread that asks', async () => {
    const names = Array.from({ length: 100 }, (_, at) => `n${at}.localhost`)
    const here = await busyFor(issuing((dataDir) => issueFrom(dataDir)).issuer, names)
    const beside = await busyFor(issuing((dataDir) => issueBeside(dataDir, threads)).issuer, names)
    console.log(
      `a new name keeps the asking thread busy for ${here.toFixed(2)} ms where it issues itself, ${beside.toFixed(2)} ms beside it`
    )
    expect(beside).toBeLessThan(here / 2)
  })

  it('fails what was asked of a thread that is lost, and starts another for the next name', async () => {
    const folder = temporaryFolder()
    const starts = join(folder, 'starts')
    writeFileSync(
      join(folder, 'issuer.js'),
      `import { appendFileSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
appendFileSync(${JSON.stringify(starts)}, '.')
parentPort.on('message', () => process.exit(3))`
    )
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    const { issuer } = issuing((dataDir) => issueBeside(dataDir, pathToFileURL(`${folder}/`)))
    for (const name of ['a.localhost', 'b.localhost'])
      await expect(issuer.pair(ref, name)).rejects.toMatchObject({ code: 'thread-failed', message: expect.stringContaining('issuer') })
    expect(readFileSync(starts, 'utf8')).toBe('..')
  })
})
