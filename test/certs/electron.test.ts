import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
// @ts-expect-error build/ is plain JavaScript, since it runs before anything is bundled
import { electronRuntime } from '../../build/electron-runtime.mjs'
import { bundle } from '../capture/bundle.js'
import { temporaryFolder } from './data-folder.js'

const run = promisify(execFile)

describe('under the resolved Electron, whose crypto is BoringSSL', () => {
  let [program, electron] = ['', '']
  beforeAll(async () => {
    program = (await bundle({ handshake: 'test/certs/handshake-process.ts' })).handshake
    electron = (await electronRuntime()) as string
  }, 180_000)
  afterAll(() => rmSync(dirname(program), { recursive: true, force: true }))

  it.each(['localhost', 'app.example.com'])('authorities are made, a certificate for %s issued, kept and trusted', async (name) => {
    const { stdout } = await run(electron, [program, temporaryFolder(), name], { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } })
    expect(JSON.parse(stdout)).toMatchObject({
      authorized: true,
      check: null,
      mismatch: expect.stringContaining('does not belong') as string,
      kept: true,
      electron: expect.stringMatching(/^\d/) as string
    })
  })
})
