import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TlsCheck } from '../../shared/steps.js'
import { TestAuthority } from '../engine/wire/certificates.js'
import { FailingOrigins, fineAnswer } from '../proofs/failing-origins.js'
import { apacheConfig, certificateRows, failureRows, laxHosts, standing, type FailureRow, type Standing } from '../proofs/failure-rows.js'
import { askPast } from '../proofs/probe-client.js'
import { readCase } from './case.js'
import { freePort } from './loopback.js'
import { apache, startProxy, type RunningProxy } from './proxies.js'

/** What the rows of test/proofs say of httpd is what real httpd does. */
describe('a failure to real httpd', () => {
  const origins = new FailingOrigins()
  const trusted = new TestAuthority('Trusted Authority')
  const other = new TestAuthority('Other Authority')
  const work = mkdtempSync(join(tmpdir(), 'switchyard-failures-'))
  let port = 0
  let httpd: RunningProxy
  let rows: ReadonlyMap<FailureRow, Standing>

  beforeAll(async () => {
    rows = await standing(origins, { trusted, other })
    port = await freePort()
    const configFile = join(work, 'site.conf')
    const fine = `http://127.0.0.1:${await origins.says(fineAnswer)}`
    writeFileSync(configFile, apacheConfig(port, fine, trusted.ca.certFile, [...rows.values()]))
    mkdirSync(join(work, 'run'))
    const rendered = { ports: {}, probes: [], listens: [port], configFolder: work, configFile }
    httpd = await startProxy(apache(readCase('apache/ws-basic'), rendered, work), [port], work)
    expect(httpd.started, httpd.log()).toBe(true)
  })
  afterAll(async () => {
    await Promise.all([httpd.stop(), origins.close()])
    rmSync(work, { recursive: true, force: true })
    trusted.remove()
    other.remove()
  })

  it.each(failureRows.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
    const { status, goesOn, body } = row.httpd
    const seen = await askPast(port, (rows.get(row) as Standing).path, { request: row.request, ends: row.stalls !== true })
    expect(seen, httpd.log().split('\n').slice(-6).join('\n')).toMatchObject({ status, goesOn })
    if (body !== undefined) expect(seen.body).toMatch(body)
  })
  it.each(laxHosts)('$httpd', async ({ host, passes }) => {
    for (const row of certificateRows) {
      const { status } = await askPast(port, (rows.get(row) as Standing).path, { host })
      expect([row.name, status]).toEqual([row.name, passes.includes(row.check as TlsCheck) ? 200 : 500])
    }
  })
})
