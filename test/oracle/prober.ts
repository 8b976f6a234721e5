import { connect, type Socket } from 'node:net'
import { ClientConnection, open } from './client-connection.js'
import { buildFrame, noteStream, type FrameSpec, type StreamNote } from './frames.js'
import { fieldOf, hasToken, noteBody, type BodyNote } from './http-text.js'
import { pause } from './loopback.js'
import { stepsOf, type Finish, type FrameMode, type Probe, type ProbeStep, type RequestSpec } from './probe.js'
import { bodyBytes, requestBytes } from './request-bytes.js'
import type { InterimNote, PartialNote, ResponseNote } from './response-reader.js'

/** What a client saw of one exchange: half of an observation. */
export interface ClientNote {
  connect: 'ok' | 'failed'
  connectError?: string
  tls?: { cert: string | null; alpn: string | null }
  /** Status lines of the requests held open meanwhile. */
  background?: string[]
  /** What came after the head of a request that expects 100 (RFC 9110 §10.1.1). */
  expect100?: 'interim' | 'final' | 'none'
  responses: ResponseNote[]
  partial?: PartialNote
  interim?: InterimNote[]
  tunnel?: StreamNote
  /** Bytes that are no response. */
  junk?: BodyNote
  end?: { closed: boolean; how: string; at?: string }
}

/** A note, and what lets go of the connections that were open when it was taken. */
export interface Probed {
  readonly note: ClientNote
  leave(): void
}

/** Plays one probe against a proxy's ports, and notes what the client saw. */
export async function playProbe(probe: Probe, ports: Readonly<Record<string, number>>): Promise<Probed> {
  const held = await holdBackground(probe, ports)
  const background = held.length > 0 ? { background: held.map((one) => one.statusLine()) } : {}
  const letGo = () => held.forEach((one) => one.socket.destroy())
  const startedAtMs = Date.now()
  const isTls = probe.tls ?? false
  const port = ports[probe.listen ?? (isTls ? 'LISTEN_TLS' : 'LISTEN')] as number
  const opened = await open({ port, tls: isTls, sni: probe.sni ?? '', alpn: probe.alpn ?? ['http/1.1'] }).catch(
    (error: NodeJS.ErrnoException) => error
  )
  if (opened instanceof Error) {
    return { note: { ...background, connect: 'failed', connectError: opened.code ?? opened.message, responses: [] }, leave: letGo }
  }
  const client = new ClientConnection(opened, startedAtMs, probe.timed ?? false)
  const play = new Play(client, isTls)
  for (const step of stepsOf(probe)) await play.step(step)
  const leave = () => {
    client.destroy()
    letGo()
  }
  return { note: { ...background, ...play.note(probe.timed ?? false) }, leave }
}

interface Held {
  readonly socket: Socket
  statusLine(): string
}

/** Opens the connections that are held while the probe runs, for limits on concurrency. */
async function holdBackground(probe: Probe, ports: Readonly<Record<string, number>>): Promise<Held[]> {
  const held: Held[] = []
  for (const request of probe.background ?? []) {
    const port = ports[request.listen ?? probe.listen ?? 'LISTEN'] as number
    held.push(await hold(request, port))
  }
  return held
}

async function hold(request: RequestSpec, port: number): Promise<Held> {
  const socket = connect({ host: '127.0.0.1', port })
  let seen = ''
  socket.on('error', () => {})
  socket.on('data', (bytes: Buffer) => (seen = (seen + bytes.toString('latin1')).slice(0, 8192)))
  const { head, body } = requestBytes(request)
  socket.write(body ? Buffer.concat([head, body]) : head)
  const isAnswered = () => seen.includes('\r\n\r\n')
  if (request.act?.includes('hang')) await pause(150)
  else for (let i = 0; i < 60 && !isAnswered(); i++) await pause(20)
  return { socket, statusLine: () => seen.split('\r\n')[0] ?? '' }
}

/** One connection while its steps are played. */
class Play {
  readonly #client: ClientConnection
  readonly #tls: ClientNote['tls']
  #expect100: ClientNote['expect100']
  /** Frame bytes sent so far, which an echo brings back. */
  #sent = 0
  #wasReset = false

  constructor(client: ClientConnection, isTls: boolean) {
    this.#client = client
    this.#tls = isTls ? client.tlsFacts() : undefined
  }

  async step(step: ProbeStep): Promise<void> {
    if ('send' in step) await this.#send(step.send)
    else if ('sendRaw' in step) this.#sendRaw(step.sendRaw, step.method)
    else if ('response' in step) await this.#awaitResponse(step.response || 4000)
    else if ('echo' in step) await this.#awaitTunnel(this.#sent, step.ms ?? 1500)
    else if ('recv' in step) await this.#awaitTunnel(step.recv, step.ms ?? 2000)
    else if ('frames' in step) await this.#frames(step.frames, step.mode ?? 'echo', step.ms)
    else if ('idle' in step) await this.#client.until(() => this.#hasEnded(), step.idle)
    else if ('sleep' in step) await pause(step.sleep)
    else if ('half' in step) await this.#halfClose()
    else await this.#finish(step.finish, step.ms)
  }

  #hasEnded(): boolean {
    return this.#client.ended !== null
  }

  async #send(spec: RequestSpec): Promise<void> {
    const { method, head, body } = requestBytes(spec)
    this.#client.reader.methods.push(method)
    if (spec.expect100) return await this.#sendExpecting(head, body)
    const early = (spec.early ?? []).map((frame) => buildFrame(frame))
    this.#sent += early.reduce((sum, frame) => sum + frame.length, 0)
    this.#client.write(Buffer.concat([head, ...(body ? [body] : []), ...early]))
  }

  /** The body follows a 100, or silence; not a final answer (RFC 9110 §10.1.1). */
  async #sendExpecting(head: Buffer, body: Buffer | null): Promise<void> {
    const { reader, responses } = this.#client
    const before = { interim: reader.interim.length, responses: responses.length }
    const hasInterim = () => reader.interim.length > before.interim || (responses.at(-1)?.interim?.length ?? 0) > 0
    this.#client.write(head)
    await this.#client.until(() => {
      this.#client.readOneResponse()
      return hasInterim() || responses.length > before.responses || this.#hasEnded()
    }, 1500)
    this.#expect100 = hasInterim() ? 'interim' : responses.length > 0 ? 'final' : 'none'
    if (body && this.#expect100 !== 'final') this.#client.write(body)
  }

  #sendRaw(spec: Parameters<typeof bodyBytes>[0], method: string | undefined): void {
    if (method) this.#client.reader.methods.push(method)
    this.#client.write(typeof spec === 'string' ? Buffer.from(spec, 'latin1') : bodyBytes(spec))
  }

  async #awaitResponse(ms: number): Promise<void> {
    const { responses, reader } = this.#client
    const before = responses.length
    if (before > 0 && this.#expect100 === 'final' && reader.methods.length === 0) return
    await this.#client.until(() => this.#client.readOneResponse() || responses.length > before || this.#hasEnded(), ms)
  }

  async #awaitTunnel(bytes: number, ms: number): Promise<void> {
    const { reader } = this.#client
    if (reader.isTunnel) await this.#client.until(() => reader.tunnelLength() >= bytes || this.#hasEnded(), ms)
  }

  async #frames(frames: FrameSpec[], mode: FrameMode, ms: number | undefined): Promise<void> {
    if (!this.#client.reader.isTunnel) return
    let wanted = this.#client.reader.tunnelLength()
    for (const spec of frames) {
      const bytes = buildFrame(spec)
      await this.#writeFrame(bytes, spec)
      this.#sent += bytes.length
      wanted += bytes.length
      if (mode === 'echo') await this.#awaitTunnel(wanted, ms ?? 2500)
    }
    if (mode === 'blast') await this.#awaitTunnel(wanted, ms ?? 8000)
    if (mode === 'noecho') await pause(ms ?? 150)
  }

  async #writeFrame(bytes: Buffer, spec: FrameSpec): Promise<void> {
    if (typeof spec === 'string' || !spec.splitAt) return this.#client.write(bytes)
    this.#client.write(bytes.subarray(0, spec.splitAt))
    await pause(spec.splitMs ?? 40)
    this.#client.write(bytes.subarray(spec.splitAt))
  }

  async #halfClose(): Promise<void> {
    this.#client.halfClose()
    await pause(20)
  }

  async #finish(given: Finish, ms: number | undefined): Promise<void> {
    const { isTunnel } = this.#client.reader
    const how = given === 'auto' ? (isTunnel ? 'close' : 'settle') : given
    const ended = () => this.#hasEnded()
    if (how === 'close' && isTunnel) {
      if (!ended()) this.#client.write(buildFrame({ close: 1000 }))
      await this.#client.until(ended, ms ?? 2000)
    } else if (how === 'fin') {
      if (!ended()) this.#client.halfClose()
      await this.#client.until(ended, ms ?? 1200)
    } else if (how === 'rst') await this.#reset()
    else if (how === 'wait') await this.#readToEnd(ms ?? 3000)
    else await this.#client.until(ended, this.#shouldClose() ? 1500 : 100)
  }

  async #reset(): Promise<void> {
    this.#wasReset = true
    if (!this.#hasEnded()) this.#client.reset()
    await pause(50)
  }

  async #readToEnd(ms: number): Promise<void> {
    await this.#client.until(() => {
      this.#client.readOneResponse()
      return this.#hasEnded()
    }, ms)
    this.#client.readOneResponse()
  }

  /** Whether the server said that it closes, or said nothing at all. */
  #shouldClose(): boolean {
    const last = this.#client.responses.at(-1)
    return !last || hasToken(fieldOf(last.headers, 'connection'), 'close') || last.framing === 'close' || last.status.startsWith('HTTP/1.0')
  }

  note(timed: boolean): ClientNote {
    const { reader, responses } = this.#client
    this.#client.readOneResponse()
    const { unread, isTunnel, partial, interim } = reader
    return {
      connect: 'ok',
      ...(this.#tls ? { tls: this.#tls } : {}),
      ...(this.#expect100 ? { expect100: this.#expect100 } : {}),
      responses,
      ...(partial && !this.#hasEnded() ? { partial } : {}),
      ...(interim.length > 0 ? { interim } : {}),
      ...(isTunnel ? { tunnel: noteStream(unread) } : unread.length > 0 && !partial ? { junk: noteBody(unread) } : {}),
      ...(this.#wasReset ? {} : { end: this.#endNote(timed) })
    }
  }

  #endNote(timed: boolean): NonNullable<ClientNote['end']> {
    const { ended, endedAtMs } = this.#client
    return { closed: ended !== null, how: ended ?? 'open', ...(timed && endedAtMs !== null ? { at: this.#client.bucket(endedAtMs) } : {}) }
  }
}
