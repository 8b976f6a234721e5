import { Buffer } from 'node:buffer'
import type { BodyFraming, ResponseHead } from '../../../shared/heads.js'
import { RecordKind, fromClient, fromServer, stageIn, stageOut } from '../../../shared/records.js'
import type { Attempt, Failure, Step } from '../../../shared/steps.js'
import { nowUs } from '../clock.js'
import { BodyReader } from '../http1/body-reader.js'
import type { BodySink } from '../http1/body-reader.js'
import { outgoingFraming, responseFraming } from '../http1/framing.js'
import { isFault } from '../http1/fault.js'
import { ResponseHeadReader } from '../http1/head-reader.js'
import { requestText } from '../http1/serialise.js'
import { connectOrigin } from '../wire/connect.js'
import type { Connected } from '../wire/connect.js'
import type { Wire, WireOwner } from '../wire/wire.js'
import type { AttemptOwner } from './attempt-owner.js'
import type { EngineContext } from './context.js'
import { FramedOutput } from './framed-output.js'
import { brokenBody, closedEarly, headFailure, headTimedOut, readTimedOut, sendTimedOut } from './origin-failures.js'
import { isWholeBody, persists } from './origin-persistence.js'
import { OriginConnection } from './origin-pool.js'
import { originWire } from './origin-policy.js'
import type { RequestBody } from './request-body.js'
import { takenBy } from './stall-watch.js'

type Send = Extract<Step, { do: 'send' }>

/** One `send`: a connection, new or pooled, the request on it, and the origin's answer up to where somebody takes it over. */
export class OriginAttempt implements WireOwner {
  readonly step: Send
  readonly #context: EngineContext
  readonly #owner: AttemptOwner
  readonly #body: RequestBody
  readonly #exchange: number
  readonly #connection: number
  readonly #reader = new ResponseHeadReader(originWire)
  readonly #text: string
  readonly #framing: BodyFraming
  readonly #startedAtUs = nowUs()
  #origin: OriginConnection | null = null
  #state: 'connecting' | 'head' | 'undecided' | 'body' | 'done' = 'connecting'
  #bodyReader: BodyReader | null = null
  #head: ResponseHead | null = null
  /** Read behind the head while nothing was decided: kept, or still in the read buffer. */
  #held: Buffer | null = null
  #rest: { bytes: Buffer; start: number; end: number } | null = null
  #cancelConnect: (() => void) | null = null
  #output: FramedOutput | null = null
  #borrowing = false
  /** The client is held back, since the origin takes no more. */
  #pausing = false
  #ended = false
  #requestSent = false
  #takenBefore = 0
  #bytesReadBefore = 0
  #bytesWrittenBefore = 0
  #address = ''
  #reused = false
  #connectedAtUs = 0
  #headAtUs = 0
  #bodyStarted = false
  #bodyWanted = false

  /** @throws SwitchyardError `internal` where the head cannot be sent as it is. */
  constructor(context: EngineContext, step: Send, body: RequestBody, exchange: number, connection: number, owner: AttemptOwner) {
    this.#context = context
    this.step = step
    this.#body = body
    this.#exchange = exchange
    this.#connection = connection
    this.#owner = owner
    this.#text = requestText(step.head)
    this.#framing = outgoingFraming(step.head)
  }

  begin(): void {
    const pooled = this.step.reuse === null ? null : this.#context.pool.take(this.step.reuse)
    if (pooled !== null) return this.#adopt(pooled, true)
    const address = this.#context.addresses.addressOf(this.step.to)
    this.#address = `${address.host}:${address.port}`
    const connecting = connectOrigin(this.step.to, address, { connectMs: this.step.timeouts.connectMs })
    this.#cancelConnect = () => connecting.cancel()
    void connecting.result.then((result) => this.#connected(result))
  }

  /** The raw bytes of the head that was told last; valid during that call only. */
  get rawHead(): { bytes: Buffer; start: number; end: number } {
    return this.#reader.raw
  }
  /** Whether the origin ended its side already. */
  get originEnded(): boolean {
    return this.#ended
  }

  /** Facts for the dialect and the capture. @param endedAtUs 0: it goes on. */
  facts(endedAtUs = 0): Attempt {
    const wire = this.#origin?.wire
    return {
      target: this.step.to,
      address: this.#address,
      reused: this.#reused,
      status: this.#head?.status ?? 0,
      bytesSent: wire === undefined ? 0 : wire.bytesWritten - this.#bytesWrittenBefore,
      bytesReceived: wire === undefined ? 0 : wire.bytesRead - this.#bytesReadBefore,
      startedAtUs: this.#startedAtUs,
      connectedAtUs: this.#connectedAtUs,
      headAtUs: this.#headAtUs,
      endedAtUs,
      bodyReplayable: this.#body.replayable,
      requestSent: this.#requestSent
    }
  }

  /** The origin said 100, or the client did not wait for it: a body `after100` goes now. */
  startBody(): void {
    this.#bodyWanted = true
    if (this.step.body !== 'after100' || this.#bodyStarted || this.#origin === null || this.#state === 'done') return
    this.#sendBody(null)
  }

  /** A 1xx was dealt with: wait for the next head. */
  awaitNextHead(): void {
    if (this.#state !== 'undecided') return
    this.#state = 'head'
    this.#reader.reset()
    if (this.#requestSent) this.#arm(this.step.timeouts.headMs)
    this.#feedHeld()
  }

  /** Relays the body of the answer: parts go to `bodyPart`. */
  relayBody(): void {
    if (!this.#beginAnswerBody()) return
    this.#arm(this.step.timeouts.readMs)
    this.#feedHeld()
  }

  /** Hands the connection over to a tunnel, with what was read behind the head. */
  takeOver(): { wire: Wire; early: Buffer | null } {
    const early = this.#held ?? (this.#rest === null ? null : copyOf(this.#rest))
    this.#held = this.#rest = null
    this.#finish()
    return { wire: this.#wire, early: early !== null && early.length > 0 ? early : null }
  }

  /** Nobody wants its answer. Where that is whole already, the connection can be used again. */
  drop(): void {
    const { bytes, start, end } = this.#rest ?? { bytes: this.#held ?? nothing, start: 0, end: this.#held?.length ?? 0 }
    if (this.#state !== 'undecided' || this.step.reuse === null) this.abandon()
    else this.#letGo(isWholeBody(this.#head as ResponseHead, this.step.head.method, bytes, start, end))
  }

  /** Ends it, whatever state it is in. */
  abandon(): void {
    if (this.#state === 'done') return
    this.#finish()
    this.#cancelConnect?.()
    this.#body.detach()
    this.#origin?.wire.destroy()
  }

  pause(): void {
    this.#origin?.wire.pause()
  }
  resume(): void {
    if (this.#state === 'head' || this.#state === 'body') this.#wire.resume()
  }

  received(bytes: Buffer, start: number, end: number): void {
    this.#borrowing = true
    this.#feed(bytes, start, end)
    this.#borrowing = false
    this.#owner.flush()
  }

  ended(): void {
    this.#ended = true
    if (this.#state === 'head') this.#fail(closedEarly(this.#address, null))
    else if (this.#state === 'body') this.#bodyEndsWithConnection()
  }

  drained(): void {
    this.#resumeClient()
  }

  closed(error: NodeJS.ErrnoException | null): void {
    this.#ended = true
    if (this.#state === 'head') this.#fail(closedEarly(this.#address, error))
    else if (this.#state === 'body') this.#bodyEndsWithConnection()
  }

  get #wire(): Wire {
    return (this.#origin as OriginConnection).wire
  }

  // ── the request ───────────────────────────────────────────────────────────────────────────────

  #connected(result: Connected): void {
    this.#cancelConnect = null
    if (this.#state !== 'connecting') {
      if ('wire' in result) result.wire.destroy()
    } else if ('wire' in result) this.#adopt(new OriginConnection(result.wire, this.#context.deadlines), false)
    else this.#fail(result.failure)
  }

  #adopt(origin: OriginConnection, reused: boolean): void {
    const { wire } = origin
    this.#origin = origin
    this.#reused = reused
    this.#address = `${wire.remote.address}:${wire.remote.port}`
    this.#connectedAtUs = nowUs()
    this.#bytesReadBefore = wire.bytesRead
    this.#bytesWrittenBefore = wire.bytesWritten
    wire.owner = this
    this.#state = 'head'
    if (wire.closed) return this.#fail(closedEarly(this.#address, null))
    this.#context.recordText(RecordKind.head, this.#exchange, this.#connection, fromClient, stageOut, this.#text)
    if (this.step.body === 'none' || (this.step.body === 'after100' && !this.#bodyWanted)) {
      if (!wire.writeLatin1(this.#text)) this.#pauseClient()
      this.#sent()
    } else this.#sendBody(this.#text)
    // Sending may have failed already; a wire that was given up does not mind.
    wire.resume()
  }

  #sendBody(head: string | null): void {
    this.#bodyStarted = true
    this.#requestSent = false
    const output = (this.#output = new FramedOutput(this.#wire, head, this.#framing, () => this.#pauseClient()))
    if (this.#state === 'head') this.#arm(this.step.timeouts.sendMs)
    this.#body.relayTo(output, () => this.#bodySent())
    this.#owner.bodyWanted()
    output.flush()
  }

  #bodySent(): void {
    this.#owner.bodySent()
    this.#sent()
  }

  #sent(): void {
    this.#requestSent = true
    if (this.#state === 'head') this.#arm(this.step.timeouts.headMs)
  }

  // ── the answer ────────────────────────────────────────────────────────────────────────────────

  #feed(bytes: Buffer, start: number, end: number): void {
    let at = start
    while (at < end) {
      if (this.#state === 'head') at = this.#readHead(bytes, at, end)
      else if (this.#state === 'body') at = this.#readBody(bytes, at, end)
      else if (this.#state === 'undecided') return this.#hold(bytes, at, end)
      else return
    }
  }

  #readHead(bytes: Buffer, start: number, end: number): number {
    const at = this.#reader.push(bytes, start, end)
    const head = this.#reader.done
    if (head === null) return at
    this.#headAtUs = nowUs()
    if (isFault(head)) {
      this.#fail(headFailure(this.#address, head, Buffer.from(bytes.subarray(start, end))))
      return end
    }
    this.#head = head
    this.#arm(0)
    const raw = this.#reader.raw
    this.#context.recordBytes(RecordKind.head, this.#exchange, this.#connection, fromServer, stageIn, raw.bytes, raw.start, raw.end)
    this.#state = 'undecided'
    this.#rest = { bytes, start: at, end }
    this.#owner.originHead(head)
    if (this.#rest === null) return end
    this.#rest = null
    return at
  }

  /** @returns false: the answer has no body, or none that can be read. */
  #beginAnswerBody(): boolean {
    const framing = responseFraming(this.#head as ResponseHead, this.step.head.method)
    this.#state = 'body'
    if (isFault(framing)) this.#bodyFault(framing.on)
    else if (framing.kind === 'none') this.#bodyDone(this.#holdsMore())
    else {
      this.#bodyReader = new BodyReader(framing, originWire)
      if (!this.#bodyReader.done) return true
      this.#bodyDone(this.#holdsMore())
    }
    return false
  }

  #readBody(bytes: Buffer, start: number, end: number): number {
    const reader = this.#bodyReader as BodyReader
    const at = reader.push(bytes, start, end, this.#sink)
    if (this.#state !== 'body') return end
    if (reader.fault !== null) this.#bodyFault(reader.fault.on)
    else if (reader.done) this.#bodyDone(at < end)
    else this.#arm(this.step.timeouts.readMs)
    return at
  }

  readonly #sink: BodySink = (bytes, start, end) => {
    if (this.#state !== 'body') return
    this.#context.recordBytes(RecordKind.body, this.#exchange, this.#connection, fromServer, stageIn, bytes, start, end)
    this.#owner.bodyPart(bytes, start, end, this.#borrowing ? this.#wire : null)
  }

  /** Whether bytes that belong to no answer stand behind the head: the connection is not to be trusted any more. */
  #holdsMore(): boolean {
    return this.#held !== null || (this.#rest !== null && this.#rest.start < this.#rest.end)
  }

  #hold(bytes: Buffer, start: number, end: number): void {
    const piece = Buffer.from(bytes.subarray(start, end))
    this.#held = this.#held === null ? piece : Buffer.concat([this.#held, piece])
    this.#wire.pause()
  }

  #feedHeld(): void {
    const held = this.#held
    this.#held = null
    if (held !== null) {
      this.#feed(held, 0, held.length)
      this.#owner.flush()
    }
    if (this.#held === null && this.#state !== 'done' && !this.#owner.clientIsSlow()) this.#wire.resume()
    if (this.#ended && this.#state !== 'done') this.ended()
  }

  /** @param more bytes came behind it. */
  #bodyDone(more: boolean): void {
    this.#letGo(!more)
    this.#owner.bodyEnded()
  }

  #letGo(clean: boolean): void {
    this.#finish()
    this.#held = this.#rest = null
    if (clean && this.#reusable()) this.#context.pool.put(this.step.reuse as string, this.#origin as OriginConnection)
    else this.#wire.destroy()
  }

  /** Both messages must be over: an origin that waits for more of this request would take the next one for it. */
  #reusable(): boolean {
    if (this.step.reuse === null || this.#ended || this.#wire.pendingBytes > 0) return false
    const sent = this.#framing.kind === 'none' || (this.#output !== null && this.#output.ended && this.#output.whole)
    return sent && persists(this.step.head, this.#head as ResponseHead)
  }

  #bodyEndsWithConnection(): void {
    const reader = this.#bodyReader as BodyReader
    reader.finish()
    if (reader.done) this.#bodyDone(false)
    else this.#bodyFault('the origin closed before its end')
  }

  // ── failures ──────────────────────────────────────────────────────────────────────────────────

  #bodyFault(on: string): void {
    this.#cutShort(brokenBody(this.#address, on))
  }

  #cutShort(failure: Failure): void {
    this.#finish()
    this.#wire.destroy()
    this.#owner.bodyCutShort(failure)
  }

  /** What the time was for shows from the state. */
  readonly #onDue = (): void => {
    const { headMs, sendMs, readMs } = this.step.timeouts
    if (this.#state === 'body') {
      // A client that is slow to read is not the origin's fault.
      if (this.#owner.clientIsSlow()) return this.#arm(readMs)
      this.#cutShort(readTimedOut(this.#address, readMs))
    } else if (this.#requestSent && this.#wire.pendingBytes === 0) {
      this.#fail(headTimedOut(this.#address, headMs))
    } else if (this.#wire.pendingBytes === 0 || takenBy(this.#wire) !== this.#takenBefore) this.#arm(sendMs)
    else this.#fail(sendTimedOut(this.#address, sendMs))
  }

  #fail(failure: Failure): void {
    if (this.#state === 'done') return
    this.#finish()
    this.#body.detach()
    this.#origin?.wire.destroy()
    this.#owner.originFailed(failure)
  }

  #arm(ms: number): void {
    if (this.#origin === null) return
    if (!this.#requestSent) this.#takenBefore = takenBy(this.#wire)
    this.#origin.deadline.set(ms, this.#onDue)
  }

  #pauseClient(): void {
    this.#pausing = true
    this.#owner.pauseClient(true)
  }
  #resumeClient(): void {
    if (!this.#pausing) return
    this.#pausing = false
    this.#owner.pauseClient(false)
  }

  #finish(): void {
    this.#state = 'done'
    this.#resumeClient()
    this.#origin?.deadline.clear()
  }
}

const nothing = Buffer.alloc(0)
function copyOf(rest: { bytes: Buffer; start: number; end: number }): Buffer {
  return Buffer.from(rest.bytes.subarray(rest.start, rest.end))
}
