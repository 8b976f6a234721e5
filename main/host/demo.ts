import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import type { ConfigSource } from '../../shared/site.js'

const tickMs = 250
/** A ping each so many ticks. */
const pingEvery = 8
/** What its config is called, as it stands in no file. */
export const demoPath = 'demo (built in)'

/**
 * Something to look at before there is a config: a page, an echo, and a room that ticks, on a loopback port of their own,
 * served behind `wss://localhost:8443/demo/` like any other backend.
 */
export class Demo {
  readonly #server: Server
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 })
  /** Who joined the room; the echo is apart from it. */
  readonly #room = new Set<WebSocket>()
  #ticking: NodeJS.Timeout | null = null
  #ticks = 0

  constructor() {
    this.#server = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
      response.end(page)
    })
    this.#server.on('upgrade', (request, socket, head) => {
      this.#sockets.handleUpgrade(request, socket, head, (opened) => {
        if (request.url?.endsWith('/echo') === true) echo(opened)
        else this.#join(opened)
      })
    })
  }

  /** @returns the config that serves it on these listeners. */
  async start(listen: readonly { readonly address: string; readonly port: number; readonly tls: boolean }[]): Promise<ConfigSource> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return this.config(listen)
  }

  /** The config that serves it, once it was started. */
  config(listen: readonly { readonly address: string; readonly port: number; readonly tls: boolean }[]): ConfigSource {
    const backend = (this.#server.address() as AddressInfo).port
    const config = {
      listen,
      routes: [
        { match: '/demo/', to: `http://127.0.0.1:${backend}/demo/` },
        { match: '/', redirect: { status: 302, to: '/demo/' } }
      ]
    }
    return { path: demoPath, text: JSON.stringify(config, null, 2) }
  }

  async close(): Promise<void> {
    if (this.#ticking !== null) clearInterval(this.#ticking)
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #join(socket: WebSocket): void {
    this.#room.add(socket)
    socket.on('close', () => this.#room.delete(socket))
    socket.on('error', saidByClose)
    socket.on('message', (data, binary) => {
      for (const other of this.#room) if (other.readyState === other.OPEN) other.send(data, { binary })
    })
    this.#ticking ??= setInterval(() => this.#tick(), tickMs)
    // Who joins sees something at once.
    this.#tick()
  }

  #tick(): void {
    const text = JSON.stringify({ tick: ++this.#ticks, at: new Date().toISOString(), visitors: this.#room.size })
    for (const socket of this.#room) {
      if (socket.readyState !== socket.OPEN) continue
      socket.send(text)
      if (this.#ticks % pingEvery === 1) socket.ping('tick')
    }
  }
}

function echo(socket: WebSocket): void {
  socket.on('error', saidByClose)
  socket.on('message', (data, binary) => socket.send(data, { binary }))
}
/** A message too big, or a broken frame: `ws` closes with the code for it, and ends the connection if nobody answers. */
function saidByClose(): void {}

const page = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Switchyard demo</title>
<style>body{font:15px/1.5 system-ui;margin:3rem auto;max-width:40rem;padding:0 1rem}pre{background:#8881;padding:.75rem;height:16rem;overflow:auto}</style>
<h1>Switchyard demo</h1>
<p>This page and its WebSocket come through the proxy. Type a line: everyone who has the page open gets it.</p>
<form><input aria-label="Message" autofocus> <button>Send</button></form><pre></pre>
<script>
const log = document.querySelector('pre'), input = document.querySelector('input')
const socket = new WebSocket(location.href.replace(/^http/, 'ws').replace(/[^/]*$/, 'chat'))
const say = (line) => { log.append(line + '\\n'); log.scrollTop = log.scrollHeight }
socket.onopen = () => say('open')
socket.onmessage = ({ data }) => say(typeof data === 'string' ? data : data.size + ' bytes')
socket.onclose = (event) => say('closed ' + event.code)
document.querySelector('form').onsubmit = (event) => { event.preventDefault(); socket.send(input.value); input.value = '' }
</script></html>
`
