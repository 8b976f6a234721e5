import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
// @ts-expect-error build/ is plain JavaScript, since it runs before anything is bundled
import { electronRuntime } from '../../build/electron-runtime.mjs'

const run = promisify(execFile)

describe('the resolved Electron', () => {
  let electron = ''
  beforeAll(async () => {
    electron = await electronRuntime()
  }, 180_000)

  it('runs as plain Node, no older than what the engine asks for', async () => {
    const { stdout } = await run(electron, ['-p', 'process.versions.node'], { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } })
    const [major, minor] = stdout.trim().split('.').map(Number) as [number, number]
    expect(major * 100 + minor).toBeGreaterThanOrEqual(2018)
  })

  it('runs a thread with sockets inside a utility process', async () => {
    const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    const project = join(import.meta.dirname, 'utility-process')
    const { stdout } = await run('xvfb-run', ['-a', electron, ...asRoot, '--disable-gpu', project], { timeout: 50_000 })
    const said = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    expect(said).toMatchObject({ text: 'over loopback', host: 'utility' })
    expect(said.electron).toMatch(/^\d+\./)
  })
})
