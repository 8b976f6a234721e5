import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
// @ts-expect-error build/ is plain JavaScript, since it runs before anything is bundled
import { electronRuntime } from '../../build/electron-runtime.mjs'
import type { IdentityResult } from '../engine/tunnel/identity.js'
import { TestAuthority } from '../engine/wire/certificates.js'

const run = promisify(execFile)
const cases = 1000
const outDir = join(import.meta.dirname, '../../node_modules/.cache/identity')

type Line = IdentityResult & { readonly runtime: string; readonly client: string; readonly origin: string }

describe('the tunnel under the resolved Electron', () => {
  const authority = new TestAuthority()
  let electron = ''
  beforeAll(async () => {
    electron = await electronRuntime()
    await build({
      configFile: false,
      logLevel: 'warn',
      build: {
        ssr: join(import.meta.dirname, 'identity/run.ts'),
        outDir,
        emptyOutDir: true,
        target: 'node20.18',
        rolldownOptions: { output: { entryFileNames: 'run.mjs' } }
      }
    })
  }, 180_000)
  afterAll(() => authority.remove())

  it('changes no byte, plain and over TLS', async () => {
    const { certFile, keyFile } = authority.issue('DNS:localhost')
    const seed = Math.floor(Math.random() * 2 ** 31)
    const words = [join(outDir, 'run.mjs'), String(cases), String(seed), certFile, keyFile]
    const { stdout } = await run(electron, words, { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' }, timeout: 110_000 })
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line)
    expect(lines.map(({ client, origin }) => `${client} ${origin}`)).toEqual(['plain plain', 'tls plain', 'plain tls', 'tls tls'])
    expect(lines.flatMap(({ failures }) => failures)).toEqual([])
    expect(lines.every(({ runtime }) => runtime === 'electron')).toBe(true)
    expect(lines.reduce((sum, line) => sum + line.cases, 0)).toBe(cases)
    expect(lines.every(({ frames, cases: one }) => frames > one)).toBe(true)
  }, 120_000)
})
