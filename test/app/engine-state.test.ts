import type { MessagePortMain } from 'electron'
import { MessageChannel } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { expect, it, onTestFinished } from 'vitest'
import { EngineState } from '../../main/app/engine-state.js'
import { MessagePortTransport } from '../../main/host/control/message-port-transport.js'
import { echoBackend, nativeSpec, openTunnel, runningHost } from '../host/running-host.js'
import { appScreen } from '../host/screens.js'

/** A port of Node's as Electron's tells its messages. */
function asElectron(port: MessagePort): MessagePortMain {
  onTestFinished(() => port.close())
  return {
    on: (name: string, heard: (event: { data: unknown }) => void) => port.on(name, (data) => heard({ data })),
    start: () => port.start(),
    postMessage: (message: unknown) => port.postMessage(message)
  } as unknown as MessagePortMain
}

it('a capture that another screen cleared is one more of the sessions, and its routes are none of the new one; deleted, it is none', async () => {
  const { host } = await runningHost({})
  await host.serve(nativeSpec([{ match: '/', to: `http://127.0.0.1:${await echoBackend()}/` }]))
  const { port1, port2 } = new MessageChannel()
  const state = new EngineState(() => {})
  host.join(new MessagePortTransport(port1, (onMessage) => void port1.on('message', onMessage)))
  state.connect(asElectron(port2))
  await expect.poll(() => state.sessions.length).toBe(1)
  const tunnel = await openTunnel(`${host.listeners[0]?.url.replace('http', 'ws')}/ws`)
  tunnel.terminate()
  await expect.poll(() => state.refresh().then(() => state.routes.map(({ exchange }) => exchange))).toEqual([1])
  await expect.poll(() => state.status?.counts.openTunnels).toBe(0)
  const screen = await appScreen(host)
  const [{ name: session = '' } = {}] = state.sessions
  await screen.ask('capture.clear', {})
  await expect.poll(() => [state.sessions.length, state.routes]).toEqual([2, []])
  await screen.ask('capture.delete', { session })
  await expect.poll(() => state.sessions.map(({ name }) => name === session)).toEqual([false])
})
