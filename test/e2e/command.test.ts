import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { freePort } from '../oracle/loopback.js'
import { echoBackend } from './backends.js'
import { configFile, Switchyard, temporaryFolder } from './switchyard.js'

const startScript = join(import.meta.dirname, '../../build/start.mjs')

async function opened(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url)
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return socket
}

describe('switchyard serve', () => {
  it('says where it listens, serves a route, and stops at once and cleanly on SIGTERM with a tunnel open', async () => {
    const port = await freePort()
    const route = `/ws/=ws://127.0.0.1:${await echoBackend()}/`
    const switchyard = await Switchyard.serve('--route', route, `--listen=${port}`, '--no-ui', '--capture', 'off')
    expect(switchyard.listening).toEqual([`http://127.0.0.1:${port}`])
    const socket = await opened(`ws://127.0.0.1:${port}/ws/`)
    const closed = new Promise((resolve) => socket.once('close', resolve))
    const askedAt = performance.now()
    expect(await switchyard.stop('SIGTERM')).toEqual({ code: 0, signal: null })
    expect(performance.now() - askedAt).toBeLessThan(1000)
    await closed
  })

  it('refuses a port in use, naming it and the way out, and leaves nothing half started', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void taken.close())
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as { port: number }
    const free = await freePort()
    const config = configFile(`Listen ${free}\nListen ${port}\nServerName localhost\nProxyPass / http://127.0.0.1:9/\n`)
    await expect(Switchyard.serve(config, '--no-ui', '--capture', 'off')).rejects.toThrow(new RegExp(`${port} is in use[^]*--port`))
    await expect(opened(`ws://127.0.0.1:${free}/`)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})

describe('npm start', () => {
  it('runs the same command headless, saying why, and hands on signals and the exit code', async () => {
    const port = await freePort()
    const data = temporaryFolder()
    const args = ['--route', '/=http://127.0.0.1:9/', `--listen=${port}`, '--no-ui', '--capture', 'off', '--data', data]
    const started = await Switchyard.run(data, [process.execPath, startScript, ...args])
    expect(started.listening).toEqual([`http://127.0.0.1:${port}`])
    expect(started.said).toMatch(/^Headless, since [^\n]+\.\n/)
    expect(await started.stop('SIGTERM')).toEqual({ code: 0, signal: null })
  })

  it('starts the demo when it is told nothing', async () => {
    const data = temporaryFolder()
    const started = await Switchyard.run(data, [process.execPath, startScript, '--tls', String(await freePort()), '--data', data])
    expect(started.listening).toHaveLength(1)
    expect(await started.stop('SIGINT')).toEqual({ code: 0, signal: null })
  })
})
