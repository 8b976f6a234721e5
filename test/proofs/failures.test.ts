import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { failureCauses, tlsChecks, type TlsCheck } from '../../shared/steps.js'
import { TestAuthority } from '../engine/wire/certificates.js'
import { freePort } from '../oracle/loopback.js'
import { EngineDesk } from './engine-desk.js'
import { FailingOrigins, fineAnswer } from './failing-origins.js'
import {
  apacheConfig,
  certificateRows,
  failureRows,
  laxHosts,
  nativeConfig,
  shownElsewhere,
  standing,
  type FailureRow,
  type Standing
} from './failure-rows.js'
import { askPast, type Seen } from './probe-client.js'

const origins = new FailingOrigins()
const trusted = new TestAuthority('Trusted Authority')
const other = new TestAuthority('Other Authority')
const desks = { httpd: new EngineDesk(), native: new EngineDesk() }
const ports = { httpd: 0, native: 0 }
let rows: ReadonlyMap<FailureRow, Standing>

beforeAll(async () => {
  rows = await standing(origins, { trusted, other })
  const fine = `http://127.0.0.1:${await origins.says(fineAnswer)}`
  ports.httpd = await freePort()
  ports.native = await freePort()
  await desks.httpd.serve(apacheConfig(ports.httpd, fine, trusted.ca.certFile, [...rows.values()]), 'site.conf')
  await desks.native.serve(nativeConfig(ports.native, fine, trusted.ca.certFile, [...rows.values()]), 'switchyard.json')
})
afterAll(async () => {
  await Promise.all([desks.httpd.close(), desks.native.close(), origins.close()])
  trusted.remove()
  other.remove()
})

async function ask(which: 'httpd' | 'native', row: FailureRow): Promise<Seen> {
  desks[which].takeNotes()
  return askPast(ports[which], (rows.get(row) as Standing).path, { request: row.request, ends: row.stalls !== true })
}

describe.each(['httpd', 'native'] as const)('a failure to the %s dialect', (which) => {
  const failures = failureRows.filter((row) => row[which] !== null)

  it.each(failures.map((row) => [row.name, row] as const))('%s: the client is answered so, and the log says why', async (_name, row) => {
    const expected = row[which] as NonNullable<FailureRow['native']>
    const seen = await ask(which, row)
    const { attempts, log } = desks[which].takeNotes()
    expect(seen).toMatchObject({ status: expected.status, goesOn: expected.goesOn })
    if (expected.body !== undefined) expect(seen.body).toMatch(expected.body)
    if (!row.cause.startsWith('body'))
      expect(attempts[0]).toMatchObject({ cause: row.cause, ...(row.check === undefined ? {} : { check: row.check }) })
    const line = log.find(({ code }) => code === expected.code)
    expect(line?.message, JSON.stringify(log, null, 1)).toMatch(expected.says)
    expect(['error', 'warning', 'info']).toContain(line?.level)
  })

  it.each(laxHosts)('for $host goes by what is still checked', async ({ host, passes }) => {
    for (const row of certificateRows) {
      const { status } = await askPast(ports[which], (rows.get(row) as Standing).path, { host })
      const refused = (row[which] as NonNullable<FailureRow['native']>).status
      expect([row.name, status]).toEqual([row.name, passes.includes(row.check as TlsCheck) ? 200 : refused])
    }
  })
})

describe('every cause and every check', () => {
  const sorted = (of: Iterable<string | undefined>): unknown[] => [...new Set(of)].filter((each) => each !== undefined).sort()

  it('has a row, or a test of its own', () => {
    const { causes, checks } = shownElsewhere
    expect(sorted([...failureRows.map(({ cause }) => cause), ...Object.keys(causes)])).toEqual([...failureCauses].sort())
    expect(sorted([...failureRows.map(({ check }) => check), ...Object.keys(checks)])).toEqual([...tlsChecks].sort())
  })
  it.each([...Object.entries(shownElsewhere.causes), ...Object.entries(shownElsewhere.checks)])('%s is shown by %s', (name, file) => {
    expect(failureRows.map(({ cause, check }) => [cause, check]).flat()).not.toContain(name)
    expect(readFileSync(join(import.meta.dirname, '..', file), 'utf8')).toContain(name)
  })
})

describe('a stall in a body, to the native dialect', () => {
  it('is no failure: bodies take as long as they like', async () => {
    const origin = await origins.goesOnAfter('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive.', 600, 'more.')
    const port = await freePort()
    const desk = new EngineDesk()
    onTestFinished(() => desk.close())
    const route = { match: '/', to: `http://127.0.0.1:${origin}/`, timeouts: { answerMs: 200 } }
    await desk.serve(JSON.stringify({ listen: [{ port }], routes: [route] }), 'switchyard.json')
    const seen = await askPast(port, '/', { request: 'GET @PATH@ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', ends: false })
    expect(seen).toMatchObject({ status: 200, body: 'five.more.' })
    expect(desk.takeNotes().log).toEqual([])
  })
})
