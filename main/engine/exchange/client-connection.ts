import { Buffer } from 'node:buffer'
import { fieldValue } from '../../../shared/fields.js'
import type { BodyFraming, HeadFault, RequestHead } from '../../../shared/heads.js'
import { RecordKind, fromClient, stageIn } from '../../../shared/records.js'
import type { Persist } from '../../../shared/steps.js'
import type { Arrival, ListenerSpec } from '../../../shared/site.js'
import type { Deadline } from '../deadlines.js'
import { requestFraming } from '../http1/framing.js'
import { isFault } from '../http1/fault.js'
import { RequestHeadReader } from '../http1/head-reader.js'
import type { Wire, WireOwner } from '../wire/wire.js'
import type { EngineContext } from './context.js'
import { ExchangeRun } from './exchange-run.js'
import { RequestBody } from './request-body.js'
import type { RunOwner } from './run-owner.js'
import { StallWatch, takenBy } from './stall-watch.js'

/** What a client may send ahead of its turn: requests behind the one that is answered, frames before the 101. */
const maxHeldBytes = 65_536
/**
 * How long a connection that we close still listens once all is written, so that the client reads our answer before a
 * RST (RFC 9112 §9.6); and how long a client may take nothing of what is still to be written.
 */
const lingerMs = 2000
const lastSendMs = 60_000

/** One client's connection: requests one after another, each an {@link ExchangeRun}, until a tunnel takes it over. */
export class ClientConnection implements WireOwner, RunOwner {
  readonly wire: Wire
  readonly id: number
  readonly deadline: Deadline
  clientEnded = false
  heldBack = false
  readonly #context: EngineContext
  readonly #spec: () => ListenerSpec | null
  readonly #onGone: (connection: ClientConnection) => void
  #listener: ListenerSpec
  #reader: RequestHeadReader
  #state: 'head' | 'exchange' | 'draining' | 'tunnel' | 'lingering' | 'gone' = 'head'
  #run: ExchangeRun | null = null
  #stall: StallWatch | null = null
  #held: Buffer | null = null
  #pumping = false
  #paused = false
  #requests = 0
  #persist: Persist
  /** Of the exchange before, where the client sent more than anybody wanted. */
  #leftover: RequestBody | null = null
  /** What follows this request cannot be trusted to be one. */
  #last = false
  #error: NodeJS.ErrnoException | null = null
  #left = false

  /** @param spec the listener as the newest config has it; null: it has it no more. */
  constructor(
    context: EngineContext,
    wire: Wire,
    listener: ListenerSpec,
    spec: () => ListenerSpec | null,
    onGone: (connection: ClientConnection) => void
  ) {
    this.#context = context
    this.wire = wire
    this.#listener = listener
    this.#spec = spec
    this.#onGone = onGone
    this.id = context.nextConnection()
    this.#reader = new RequestHeadReader(listener.wire)
    this.#persist = listener.first
    this.deadline = context.deadlines.make()
    context.counters.openConnections++
    wire.owner = this
    if (context.recorder !== null) this.#noteConnection()
    this.#awaitHead()
  }

  /** A request that is none, found out before HTTP was read: a plain one on a TLS port. */
  fault(fault: HeadFault): void {
    this.#open(fault)
  }

  received(bytes: Buffer, start: number, end: number): void {
    this.#feed(bytes, start, end, this.wire)
    this.pump()
  }

  ended(): void {
    this.clientEnded = true
    if (this.#state === 'lingering') return
    if (this.#state === 'draining') return this.#close('fin')
    this.#noMore()
  }

  drained(): void {
    this.#run?.clientDrained()
  }

  closed(error: NodeJS.ErrnoException | null): void {
    this.#state = 'gone'
    this.deadline.clear()
    this.#held = null
    this.#error = error
    this.#noMore()
    this.#run?.clientClosed()
    // An exchange may outlive its client: httpd does not notice that one left while the origin thinks.
    if (this.#run === null) this.#gone()
  }

  /** Ends it: at once, or after the exchange that is under way. */
  stop(how: 'now' | 'graceful'): void {
    if (how === 'now') {
      this.#run?.stop()
      this.wire.destroy()
    } else if (this.#state === 'head' && !this.#reader.started) this.#close('fin')
  }

  /** The newest config has the listener no more that it came by. */
  get unlistened(): boolean {
    return this.#spec() === null
  }

  // ── for the run ───────────────────────────────────────────────────────────────────────────────

  get stall(): StallWatch {
    return (this.#stall ??= new StallWatch(this.wire, this.#context.deadlines.make()))
  }

  get heldBytes(): number {
    return this.#held?.length ?? 0
  }

  takeHeld(): Buffer | null {
    const held = this.#held
    this.#held = null
    this.#flow()
    return held
  }

  /** The origin takes no more of the request for now, or again. */
  holdBack(heldBack: boolean): void {
    if (this.heldBack === heldBack) return
    this.heldBack = heldBack
    this.#flow()
  }

  /** Gives what is held to whoever wants it now. */
  pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    while (this.#held !== null && this.#wantsBytes()) {
      const held = this.#held
      this.#held = null
      this.#feed(held, 0, held.length, null)
    }
    this.#pumping = false
    this.#flow()
    this.#noMore()
  }

  exchangeOver(persist: Persist, how: 'answered' | 'tunnelled' | 'fin' | 'rst' | 'silent'): void {
    const body = this.#run?.body ?? null
    this.#run = null
    this.heldBack = false
    if (this.#state === 'gone' || how === 'tunnelled') return this.#gone()
    if (how !== 'answered') return this.#close(how)
    this.#persist = persist
    if (!persist.keep || this.#last || this.#context.stopping || body === null || body.broken) return this.#close('fin')
    if (body.complete) return this.#awaitNext()
    this.#readLeftover(body)
  }

  /** The next request stands behind the rest of this one's body. */
  #readLeftover(body: RequestBody): void {
    this.#state = 'draining'
    this.#leftover = body
    body.onFault = () => this.#close('fin')
    body.discard(() => this.#awaitNext())
    this.#armLeftover()
    this.pump()
    if (this.clientEnded && this.#isDraining()) this.#close('fin')
  }

  #armLeftover(): void {
    if (this.#isDraining()) this.deadline.set(this.#persist.idleMs || lingerMs, () => this.#close('fin'))
  }
  #isDraining(): boolean {
    return this.#state === 'draining'
  }

  /** Nothing more comes from this client: of a head, or of a body that somebody waits for. */
  #noMore(): void {
    if (this.#held !== null || !(this.clientEnded || this.#state === 'gone')) return
    if (this.#state === 'head') this.#leftInHead()
    else {
      this.#run?.body.cutShort()
      if (this.clientEnded) this.#run?.clientEnded()
    }
  }

  // ── reading ───────────────────────────────────────────────────────────────────────────────────

  #wantsBytes(): boolean {
    if (this.#state === 'head') return true
    const body = this.#state === 'draining' ? this.#leftover : (this.#run?.body ?? null)
    return (this.#state === 'exchange' || this.#state === 'draining') && body !== null && body.wants
  }

  #feed(bytes: Buffer, start: number, end: number, borrowed: Wire | null): void {
    let at = start
    while (at < end && this.#wantsBytes())
      at = this.#state === 'head' ? this.#readHead(bytes, at, end, borrowed) : this.#readBody(bytes, at, end, borrowed)
    if (at === end || this.#state === 'lingering' || this.#state === 'gone') return
    this.#hold(bytes, at, end, borrowed !== null)
    if (this.#run !== null && !this.#run.body.complete) this.#run.bodyOffered()
  }

  #readBody(bytes: Buffer, start: number, end: number, borrowed: Wire | null): number {
    if (this.#state === 'draining') {
      this.#armLeftover()
      return (this.#leftover as RequestBody).push(bytes, start, end, borrowed)
    }
    const run = this.#run as ExchangeRun
    run.bodyRead()
    return run.body.push(bytes, start, end, borrowed)
  }

  #readHead(bytes: Buffer, start: number, end: number, borrowed: Wire | null): number {
    const wasStarted = this.#reader.started
    const at = this.#reader.push(bytes, start, end)
    const head = this.#reader.done
    if (head === null) {
      if (!wasStarted && this.#reader.started) this.deadline.set(this.#persist.headMs, () => this.#headTimedOut())
      return at
    }
    // What follows is held before the exchange begins: it may be its body, or frames for its tunnel.
    if (at < end) this.#hold(bytes, at, end, borrowed !== null)
    this.#open(head)
    return end
  }

  /** @param copied whether the bytes are somebody else's. */
  #hold(bytes: Buffer, start: number, end: number, copied: boolean): void {
    const piece = bytes.subarray(start, end)
    if (this.#held === null) this.#held = copied ? Buffer.from(piece) : piece
    else this.#held = Buffer.concat([this.#held, piece])
    this.#flow()
  }

  /** Reads on, unless too much is held already, or whoever takes it asks to wait. */
  #flow(): void {
    const paused = this.heldBack || (this.#held !== null && this.#held.length >= maxHeldBytes)
    if (paused === this.#paused) return
    this.#paused = paused
    if (paused) this.wire.pause()
    else this.wire.resume()
  }

  #open(head: RequestHead | HeadFault): void {
    this.deadline.clear()
    this.#state = 'exchange'
    this.#requests++
    const framing = isFault(head) ? ({ kind: 'none' } as const) : requestFraming(head, this.#listener.wire)
    const fault = isFault(framing) ? framing : null
    this.#last = fault !== null || isFault(head) || isAmbiguous(head, framing)
    const body = new RequestBody(isFault(framing) ? { kind: 'none' } : framing, this.#listener.wire)
    const id = this.#context.nextExchange()
    this.#noteOpened(id)
    const run = new ExchangeRun(this.#context, this, this.id, id, this.#arrival(), fault ?? head, body, this.#reader.rawBytes)
    if (this.#context.recorder !== null && body.framing.kind !== 'none') this.#recordBody(body, id)
    this.#run = run
    run.start()
  }

  #arrival(): Arrival {
    const { address, port } = this.#listener
    return {
      listener: this.#listener,
      address: isWildcard(address) ? this.wire.local.address : address,
      port,
      client: this.wire.remote,
      tls: this.wire.tls,
      connection: this.id,
      request: this.#requests,
      chance: this.#context.chance
    }
  }

  #noteConnection(): void {
    const { wire } = this
    const { address, port } = this.#listener
    this.#context.note(RecordKind.connectionOpened, 0, this.id, {
      listener: `${address}:${port}`,
      client: `${wire.remote.address}:${wire.remote.port}`,
      tls: wire.tls
    })
  }

  #noteOpened(id: number): void {
    if (this.#context.recorder === null) return
    const scheme = this.wire.tls === null ? 'http' : 'https'
    this.#context.note(RecordKind.exchangeOpened, id, this.id, {
      number: this.#requests,
      generation: this.#context.site.generation,
      scheme
    })
    const raw = this.#reader.raw
    this.#context.recordBytes(RecordKind.head, id, this.id, fromClient, stageIn, raw.bytes, raw.start, raw.end)
  }

  #recordBody(body: RequestBody, id: number): void {
    body.onBytes = (bytes, start, end) => this.#context.recordBytes(RecordKind.body, id, this.id, fromClient, stageIn, bytes, start, end)
  }

  // ── between requests, and the end ─────────────────────────────────────────────────────────────

  #awaitHead(): void {
    this.#state = 'head'
    this.deadline.set(this.#persist.idleMs, () => this.#close('fin'))
  }

  #awaitNext(): void {
    this.#leftover = null
    const spec = this.#spec()
    if (spec === null || this.#context.stopping) return this.#close('fin')
    if (spec !== this.#listener) {
      this.#listener = spec
      this.#reader = new RequestHeadReader(spec.wire)
    } else this.#reader.reset()
    this.#awaitHead()
    this.pump()
  }

  #headTimedOut(): void {
    this.#open({ fault: 'timedOut', on: `no whole head within ${this.#persist.headMs} ms` })
  }

  #leftInHead(): void {
    if (this.#reader.started) this.#open(this.#reader.abandoned('cutShort'))
    else this.#close('fin')
  }

  #close(how: 'fin' | 'rst' | 'silent'): void {
    this.#held = null
    this.#leftover = null
    this.#state = 'lingering'
    if (how === 'rst') return this.wire.reset()
    if (how === 'silent') return this.wire.destroy()
    this.wire.end()
    this.#flow()
    this.#linger()
  }

  /** An answer is not cut short because its client reads slowly. */
  #linger(): void {
    const { wire } = this
    if (wire.pendingBytes === 0) return this.deadline.set(lingerMs, () => (wire.pendingBytes > 0 ? this.#linger() : wire.destroy()))
    const taken = takenBy(wire)
    this.deadline.set(lastSendMs, () => (takenBy(wire) === taken ? wire.destroy() : this.#linger()))
  }

  #gone(): void {
    if (this.#left) return
    this.#left = true
    this.#state = 'gone'
    this.#stall?.stop()
    const { counters } = this.#context
    counters.openConnections--
    counters.bytesFromClients += this.wire.bytesRead
    counters.bytesToClients += this.wire.bytesWritten
    const error = this.#error
    this.#context.note(RecordKind.connectionClosed, 0, this.id, error === null ? {} : { failure: error.code ?? error.message })
    this.#onGone(this)
  }
}

/** A length beside a coding: whoever is in front of us may have seen another end of it (RFC 9112 §6.1). */
function isAmbiguous(head: RequestHead | HeadFault, framing: BodyFraming | HeadFault): boolean {
  return 'kind' in framing && framing.kind === 'chunked' && fieldValue(head.fields ?? [], 'content-length') !== undefined
}

function isWildcard(address: string): boolean {
  return address === '*' || address === '0.0.0.0' || address === '::'
}
