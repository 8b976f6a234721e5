import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Step } from '../../shared/steps.js'
import { TestAuthority } from '../engine/wire/certificates.js'
import { freePort } from '../oracle/loopback.js'
import { EngineDesk } from './engine-desk.js'
import { FailingOrigins, fineAnswer } from './failing-origins.js'
import { askPast } from './probe-client.js'

const origins = new FailingOrigins()
const authority = new TestAuthority()
let fine: number
beforeAll(async () => {
  fine = await origins.says(fineAnswer)
})
afterAll(async () => {
  await origins.close()
  authority.remove()
})

interface Dialect {
  readonly file: 'site.conf' | 'switchyard.json'
  readonly config: (port: number, origin: string, caFile?: string) => string
}
const httpd: Dialect = {
  file: 'site.conf',
  config: (port, origin, caFile) => `ServerName localhost
Listen 127.0.0.1:${port}
${caFile === undefined ? '' : `SSLProxyEngine on\nSSLProxyVerify require\nSSLProxyCACertificateFile ${caFile}`}
ProxyPass /fine/ http://127.0.0.1:${fine}/
ProxyPass /late/ ${origin}/
`
}
const native: Dialect = {
  file: 'switchyard.json',
  config: (port, origin, caFile) =>
    JSON.stringify({
      listen: [{ port }],
      routes: [
        { match: '/fine/', to: `http://127.0.0.1:${fine}/` },
        { match: '/late/', to: `${origin}/`, ...(caFile === undefined ? {} : { verify: { caFile } }) }
      ]
    })
}

async function served({ file, config }: Dialect, origin: string, options: { caFile?: string; gate?: (step: Step) => Step } = {}) {
  const { gate } = options
  const desk = new EngineDesk(gate === undefined ? undefined : (_exchange, step) => gate(step))
  onTestFinished(() => desk.close())
  const port = await freePort()
  await desk.serve(config(port, origin, options.caFile), file)
  return { desk, port }
}

describe('a target that somebody wrote by hand at the gate, and that is none', () => {
  const portless = (step: Step): Step =>
    'to' in step && step.head !== null && JSON.stringify(step.to).includes(`${fine}`) ? { ...step, to: { ...step.to, port: 99_999 } } : step

  it.each([
    ['httpd', httpd, { status: 500, body: /DNS lookup failure for: 127\.0\.0\.1/, code: 'AH00898' }],
    ['native', native, { status: 502, body: /127\.0\.0\.1:99999 is nothing to connect to/, code: 'origin-bad-target' }]
  ] as const)('is badTarget to the %s dialect', async (_name, dialect, expected) => {
    const { desk, port } = await served(dialect, `http://127.0.0.1:${fine}`, { gate: portless })
    const { status, body } = await askPast(port, '/late/')
    const { attempts, log } = desk.takeNotes()
    expect([status, attempts[0]?.cause]).toEqual([expected.status, 'badTarget'])
    expect(body).toMatch(expected.body)
    expect(log.map(({ code }) => code)).toContain(expected.code)
  })
})

describe('a file of authorities that breaks after the config was read', () => {
  const dialects = [
    ['httpd', httpd, { status: 500, code: 'AH02003' }],
    ['native', native, { status: 502, code: 'origin-tls' }]
  ] as const
  const secured = (): Promise<number> => origins.tls(authority.issue('DNS:localhost'), {}, 'fin')
  const at = (port: number): string => `https://localhost:${port}`
  const ownCopy = (name: string): string => {
    const caFile = join(authority.folder, `${name}.pem`)
    copyFileSync(authority.ca.certFile, caFile)
    return caFile
  }

  it.each(dialects)('is certificateFile to the %s dialect before its first use', async (name, dialect, expected) => {
    const caFile = ownCopy(`${name}-before`)
    const { desk, port } = await served(dialect, at(await secured()), { caFile })
    rmSync(caFile)
    const { status } = await askPast(port, '/late/')
    const { attempts, log } = desk.takeNotes()
    expect([status, attempts[0]?.cause, attempts[0]?.check]).toEqual([expected.status, 'tls', 'certificateFile'])
    expect(log.find(({ code }) => code === expected.code)?.message).toContain(caFile)
  })

  it.each(dialects)('changes nothing for the %s dialect behind that', async (name, dialect) => {
    const caFile = ownCopy(`${name}-behind`)
    const origin = await secured()
    const { port } = await served(dialect, at(origin), { caFile })
    expect((await askPast(port, '/late/')).status).toBe(200)
    writeFileSync(caFile, 'half of it')
    expect((await askPast(port, '/late/')).status).toBe(200)
    rmSync(caFile)
    expect((await askPast(port, '/late/')).status).toBe(200)
    // Each time a connection of its own, and a handshake.
    expect(origins.taken.get(origin)).toBe(3)
  })
})
