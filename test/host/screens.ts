import { decode, encode } from '@msgpack/msgpack'
import { MessageChannel } from 'node:worker_threads'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { ControlServer } from '../../main/host/control/control-server.js'
import { MessagePortTransport } from '../../main/host/control/message-port-transport.js'
import type { Host } from '../../main/host/host.js'
import { contractVersion } from '../../shared/contract.js'
import type { EventMessage, EventName, Events, Params, Replies, RequestName, ServerMessage } from '../../shared/contract.js'
import type { PlainError } from '../../shared/errors.js'

/** A screen at the other end of a transport, as a page would be. */
export class Screen {
  readonly events: EventMessage[] = []
  readonly #say: (message: unknown) => void
  readonly #open = new Map<number, (message: ServerMessage) => void>()
  readonly #waiting = new Set<() => void>()
  #last = 0

  constructor(say: (message: unknown) => void) {
    this.#say = say
  }

  heard(message: ServerMessage): void {
    if ('id' in message) return this.#open.get(message.id)?.(message)
    this.events.push(message)
    for (const look of [...this.#waiting]) look()
  }

  /** The whole reply message, with its id taken off. */
  async exchange<Name extends RequestName>(
    request: Name,
    params: Params<Name>
  ): Promise<{ ok: boolean; reply?: Replies[Name]; error?: PlainError }> {
    const id = ++this.#last
    const answer = new Promise<ServerMessage>((resolve) => this.#open.set(id, resolve))
    this.#say({ id, request, params })
    const { id: _, ...rest } = (await answer) as { id: number; ok: boolean }
    return rest
  }
  async ask<Name extends RequestName>(request: Name, params: Params<Name>): Promise<Replies[Name]> {
    const { ok, reply, error } = await this.exchange(request, params)
    if (!ok) throw new Error(`${error?.code}: ${error?.message}`)
    return reply as Replies[Name]
  }

  /** The first event, of those that came and those to come, that is as asked; or the one after so many such. */
  async event<Name extends EventName>(name: Name, fits: (data: Events[Name]) => boolean = () => true, skip = 0): Promise<Events[Name]> {
    for (;;) {
      const found = this.events.filter((each) => each.event === name && fits(each.data as Events[Name]))[skip]
      if (found !== undefined) return found.data as Events[Name]
      await new Promise<void>((resolve) => {
        const look = (): void => {
          this.#waiting.delete(look)
          resolve()
        }
        this.#waiting.add(look)
      })
    }
  }
}

/** The rows of a view once there are so many. Each tick is acknowledged, since the next waits for that. */
export async function rowsOf(screen: Screen, view: number, count: number): Promise<Replies['view.window']> {
  for (let seen = 0; ; seen++) {
    const window = await screen.ask('view.window', { view, first: 0, count: 1000 })
    if (window.matched >= count) return window
    await screen.event('view.tick', (tick) => tick.view === view, seen)
    await screen.ask('view.ack', { view })
  }
}

/** A screen in a browser: WebSocket, MessagePack, the token first. */
export async function browserScreen(host: Host): Promise<Screen & { leave: () => void }> {
  const server = new ControlServer({ address: '127.0.0.1', port: 0, hostNames: [], onScreen: (transport) => host.join(transport) })
  await server.start()
  onTestFinished(() => server.close())
  const { host: at } = new URL(server.url)
  const socket = new WebSocket(`ws://${at}/contract`, { headers: { Origin: `http://${at}` } })
  const screen = new Screen((message) => socket.send(encode(message)))
  socket.on('message', (data: Buffer) => screen.heard(decode(new Uint8Array(data)) as ServerMessage))
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  socket.send(encode({ token: server.token }))
  await screen.ask('hello', { version: contractVersion })
  return Object.assign(screen, { leave: () => socket.close() })
}

/** A screen in the app: a MessagePort. */
export async function appScreen(host: Host): Promise<Screen & { leave: () => void }> {
  const { port1, port2 } = new MessageChannel()
  host.join(
    new MessagePortTransport(port2, (onMessage, onClose) => {
      port2.on('message', onMessage)
      port2.on('close', onClose)
    })
  )
  const screen = new Screen((message) => port1.postMessage(message))
  port1.on('message', (message) => screen.heard(message as ServerMessage))
  onTestFinished(() => port1.close())
  await screen.ask('hello', { version: contractVersion })
  return Object.assign(screen, { leave: () => port1.close() })
}
