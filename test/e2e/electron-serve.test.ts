import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
// @ts-expect-error build/ is plain JavaScript, since it runs before anything is bundled
import { electronRuntime } from '../../build/electron-runtime.mjs'
import { bundled } from '../bundled.js'
import { freePort } from '../oracle/loopback.js'
import { echoBackend } from './backends.js'
import { capturedFrames } from './captured-frames.js'
import { apacheSite, command, configFile, temporaryFolder } from './switchyard.js'

/** `switchyard serve` in a utility process of the resolved Electron, up to `ready`. */
async function serveInElectron(electron: string, words: readonly string[]): Promise<{ stop(): Promise<string[]> }> {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const project = join(import.meta.dirname, 'electron-serve')
  const child = spawn('xvfb-run', ['-a', electron, ...asRoot, '--disable-gpu', project], {
    env: { ...process.env, SERVE: JSON.stringify([bundled('cli/switchyard'), 'serve', ...words]) },
    stdio: ['pipe', 'pipe', 'pipe']
  })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.stdin.end()
    await ended
  })
  let said = ''
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const read: string[] = []
  const readTo = async (wanted: (line: string) => boolean): Promise<string[]> => {
    for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
      read.push(next.value)
      if (wanted(next.value)) return read.splice(0)
    }
    throw new Error(`It ended before: ${read.join('\n')}\n${said}`)
  }
  await readTo((line) => line === 'ready')
  return {
    stop: async () => {
      child.stdin.end()
      return await readTo((line) => line.startsWith('ended '))
    }
  }
}

describe('switchyard serve in a utility process of the resolved Electron', () => {
  let electron = ''
  beforeAll(async () => {
    electron = await electronRuntime()
  }, 180_000)

  it('takes wss:// with the certificate checked, has the frames in its capture, and stops cleanly', async () => {
    const ports = { plain: await freePort(), tls: await freePort() }
    const data = temporaryFolder()
    const capture = join(data, 'electron.capture')
    const config = configFile(apacheSite(ports, `    ProxyPass /ws/ ws://127.0.0.1:${await echoBackend()}/ws/`))
    const served = await serveInElectron(electron, [config, '--no-ui', '--capture', capture, '--data', data])

    const ca = await readFile((await command('ca', 'path', '--data', data)).trim())
    const socket = new WebSocket(`wss://localhost:${ports.tls}/ws/electron`, { ca, perMessageDeflate: false })
    const messages = [Buffer.from('héllo'), Buffer.from([0, 1, 254, 255]), Buffer.alloc(200_000, 'x')]
    const heard: Buffer[] = []
    socket.on('message', (bytes) => {
      heard.push(bytes as Buffer)
      if (heard.length === messages.length) socket.close(4000, 'done')
    })
    await once(socket, 'open')
    for (const message of messages) socket.send(message, { binary: true })
    const [code] = (await once(socket, 'close')) as [number]
    expect([code, Buffer.concat(heard).equals(Buffer.concat(messages))]).toEqual([4000, true])

    expect((await served.stop()).at(-1)).toBe('ended 0')
    await expect(once(new WebSocket(`wss://localhost:${ports.tls}/ws/electron`, { ca }), 'open')).rejects.toMatchObject({
      code: 'ECONNREFUSED'
    })
    const frames = await capturedFrames(capture)
    const close = Buffer.concat([Buffer.from([4000 >> 8, 4000 & 255]), Buffer.from('done')])
    const sent = Buffer.concat([...messages, close])
    for (const from of ['client', 'server']) {
      const its = frames.filter((frame) => frame.from === from)
      expect(its.map(({ opcode, length }) => [opcode, length])).toEqual([...messages.map(({ length }) => [2, length]), [8, close.length]])
      expect(Buffer.concat(its.map(({ payload }) => payload)).equals(sent)).toBe(true)
    }
  })
})
