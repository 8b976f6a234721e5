import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
// @ts-expect-error build/ is plain JavaScript, since it runs before anything is installed
import { electronRuntime } from '../../../build/electron-runtime.mjs'
import { TestAuthority } from '../wire/certificates.js'

const cases = Number(process.env['SWITCHYARD_ELECTRON_CASES'] ?? 1000)
let authority: TestAuthority
beforeAll(() => {
  authority = new TestAuthority()
})
afterAll(() => authority.remove())

it('changes no byte under Electron, whose TLS is BoringSSL, and reads by onread there as well', async () => {
  const electron = (await electronRuntime()) as string
  const { certFile, keyFile } = authority.issue('DNS:localhost')
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: join(import.meta.dirname, 'identity-main.ts'),
      outDir: authority.folder,
      emptyOutDir: false,
      minify: false,
      rollupOptions: { output: { entryFileNames: 'identity.mjs' } }
    }
  })
  const words = [join(authority.folder, 'identity.mjs'), String(cases), certFile, keyFile]
  const { stdout } = await promisify(execFile)(electron, words, { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } })
  const result = JSON.parse(stdout) as Record<string, unknown>
  expect(result['failures']).toEqual([])
  expect(result['hollow']).toEqual([])
  expect(result['cases']).toBe(4 * Math.ceil(cases / 4))
  expect(result['electron']).toMatch(/^\d+\./)
  expect(result['way']).toEqual(['onread', 'onread', 'onread', 'onread'])
}, 180_000)
