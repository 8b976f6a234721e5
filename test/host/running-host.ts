import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { ClientOptions } from 'ws'
import { Host } from '../../main/host/host.js'
import type { HostOptions } from '../../main/host/host.js'
import { plainSpec } from '../../main/host/serve-spec.js'
import type { ServeSpec } from '../../main/host/serve-spec.js'
import type { SwitchyardError } from '../../shared/errors.js'
import { bundled } from '../bundled.js'

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-host-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** A host with real threads, and what it reported. It ends with the test. */
export async function runningHost(options: Partial<HostOptions> = {}) {
  const warnings: string[] = []
  const failures: SwitchyardError[] = []
  let died: (error: SwitchyardError) => void = () => {}
  const death = new Promise<SwitchyardError>((resolve) => (died = resolve))
  const host = await Host.start({
    dataDir: temporaryFolder(),
    capture: 'session',
    onWarning: (message) => warnings.push(message),
    onFailed: (error) => {
      failures.push(error)
      died(error)
    },
    threads: new URL('./', pathToFileURL(bundled('threads/engine'))),
    ...options
  })
  onTestFinished(() => host.close())
  return { host, warnings, failures, death }
}

/** Routes of switchyard.json, its port 8080 on any free one, in a file that can be changed. */
export function nativeSpec(routes: readonly object[], file = join(temporaryFolder(), 'switchyard.json')): ServeSpec & { file: string } {
  writeConfig(file, routes)
  return { ...plainSpec([file]), ports: [[8080, 0]], file }
}
export function writeConfig(file: string, routes: readonly object[], port = 8080): void {
  writeFileSync(file, JSON.stringify({ listen: [{ address: '127.0.0.1', port, tls: false }], routes }))
}

/** A backend that echoes WebSocket messages and answers GET with a page, on a port of its own. */
export async function echoBackend(): Promise<number> {
  const server = createServer((_request, response) => response.writeHead(200, { 'Content-Type': 'text/plain' }).end('a page'))
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

export async function openTunnel(url: string, options: ClientOptions = {}): Promise<WebSocket> {
  const socket = new WebSocket(url, options)
  onTestFinished(() => socket.terminate())
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return socket
}
export async function echoed(socket: WebSocket, text: string): Promise<string> {
  const answer = new Promise<string>((resolve) => socket.once('message', (data: Buffer) => resolve(data.toString())))
  socket.send(text)
  return await answer
}
