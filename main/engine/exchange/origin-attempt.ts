import { fieldValue, listMembers } from '../../../shared/fields.js'
import type { ResponseHead } from '../../../shared/heads.js'
import { RecordKind, fromClient, fromServer, stageIn, stageOut } from '../../../shared/records.js'
import type { Attempt, Failure, Step } from '../../../shared/steps.js'
import { nowUs } from '../clock.js'
import type { Deadline } from '../deadlines.js'
import { BodyReader } from '../http1/body-reader.js'
import type { BodySink } from '../http1/body-reader.js'
import { outgoingFraming, responseFraming } from '../http1/framing.js'
import { isFault } from '../http1/fault.js'
import { ResponseHeadReader } from '../http1/head-reader.js'
import { requestText } from '../http1/serialise.js'
import { connectOrigin } from '../wire/connect.js'
import { alertName } from '../wire/tls-failure.js'
import type { Wire, WireOwner } from '../wire/wire.js'
import type { EngineContext } from './context.js'
import { FramedOutput } from './framed-output.js'
import type { RequestBody } from './request-body.js'
import { originWire } from './origin-policy.js'

type Send = Extract<Step, { do: 'send' }>

/** Who asked, and hears of it. */
export interface AttemptOwner {
  /** A head of the origin. What it decides (`relayBody`, `takeOver`, `drain`, nothing yet) may come now or later. */
  originHead(head: ResponseHead): void
  originFailed(failure: Failure): void
  /** The request's body goes out from now on: what is held of it is asked for. */
  bodyWanted(): void
  /** The body that is being relayed. */
  bodyPart(bytes: Buffer, start: number, end: number, borrowed: Wire | null): void
  bodyEnded(): void
  bodyCutShort(failure: Failure): void
  /** All that was read at once has been told. */
  flush(): void
  /** The origin holds back what the client sends, or no longer. */
  pauseClient(paused: boolean): void
  /** Whether the client is slow to take what the origin says. */
  clientHoldsBack(): boolean
}

/** One `send`: a connection, new or pooled, the request on it, and the origin's answer up to where somebody takes it over. */
export class OriginAttempt implements WireOwner {
  readonly step: Send
  readonly #context: EngineContext
  readonly #owner: AttemptOwner
  readonly #body: RequestBody
  readonly #exchange: number
  readonly #connection: number
  readonly #deadline: Deadline
  readonly #reader = new ResponseHeadReader(originWire)
  #wire: Wire | null = null
  #state: 'connecting' | 'head' | 'undecided' | 'body' | 'draining' | 'done' = 'connecting'
  #bodyReader: BodyReader | null = null
  #head: ResponseHead | null = null
  #held: Buffer | null = null
  #rest: { bytes: Buffer; start: number; end: number } | null = null
  #cancelConnect: (() => void) | null = null
  #borrowing = false
  #ended = false
  #requestSent = false
  #bytesReadBefore = 0
  #bytesWrittenBefore = 0
  #address = ''
  #reused = false
  readonly #startedAtUs = nowUs()
  #connectedAtUs = 0
  #headAtUs = 0
  #bodyStarted = false
  #bodyWanted = false

  constructor(context: EngineContext, step: Send, body: RequestBody, exchange: number, connection: number, owner: AttemptOwner) {
    this.#context = context
    this.step = step
    this.#body = body
    this.#exchange = exchange
    this.#connection = connection
    this.#owner = owner
    this.#deadline = context.deadlines.make()
  }

  begin(): void {
    const pooled = this.step.reuse === null ? null : this.#context.pool.take(this.step.reuse)
    if (pooled !== null) return this.#adopt(pooled, true)
    const address = this.#context.addresses.addressOf(this.step.to)
    this.#address = `${address.host}:${address.port}`
    const connecting = connectOrigin(this.step.to, address, { connectMs: this.step.timeouts.connectMs })
    this.#cancelConnect = () => connecting.cancel()
    connecting.result.then(
      (result) => {
        this.#cancelConnect = null
        if (this.#state !== 'connecting') {
          if ('wire' in result) result.wire.destroy()
        } else if ('wire' in result) this.#adopt(result.wire, false)
        else this.#fail(result.failure)
      },
      (thrown: unknown) => this.#fail({ cause: 'unreachable', message: String(thrown) })
    )
  }

  /** The raw bytes of the head that was told last; valid during that call only. */
  get rawHead(): { bytes: Buffer; start: number; end: number } {
    return this.#reader.raw
  }
  get wire(): Wire {
    return this.#wire as Wire
  }
  /** Whether the origin ended its side already. */
  get originEnded(): boolean {
    return this.#ended
  }

  /** Facts for the dialect and the capture. */
  facts(): Attempt {
    return {
      target: this.step.to,
      address: this.#address,
      reused: this.#reused,
      status: this.#head?.status ?? 0,
      bytesSent: this.#wire === null ? 0 : this.#wire.bytesWritten - this.#bytesWrittenBefore,
      bytesReceived: this.#wire === null ? 0 : this.#wire.bytesRead - this.#bytesReadBefore,
      startedAtUs: this.#startedAtUs,
      connectedAtUs: this.#connectedAtUs,
      headAtUs: this.#headAtUs,
      bodyReplayable: this.#body.replayable
    }
  }

  /** The origin said 100, or whoever waits for it says so: a body `after100` goes now. */
  startBody(): void {
    this.#bodyWanted = true
    if (this.#bodyStarted || this.#wire === null || this.#state === 'done') return
    this.#sendBody('')
  }

  /** A 1xx was dealt with: wait for the next head. */
  awaitNextHead(): void {
    if (this.#state !== 'undecided') return
    this.#state = 'head'
    this.#reader.reset()
    this.#deadline.set(this.step.timeouts.headMs, () => this.#headTimedOut())
    this.#feedHeld()
  }

  /** Relays the body of the answer: parts go to `bodyPart`. */
  relayBody(requestMethod: string): void {
    this.#startAnswerBody(requestMethod, 'body')
  }

  /** Reads the rest of the answer to nowhere, so that the connection can be used again. */
  drain(): void {
    if (this.#state !== 'undecided') return this.abandon()
    this.#startAnswerBody(this.step.head.method, 'draining')
  }

  /** Hands the connection over to a tunnel, with what was read behind the head. */
  takeOver(): { wire: Wire; early: Buffer | null } {
    const early = this.#held ?? (this.#rest === null ? null : copyOf(this.#rest))
    this.#held = this.#rest = null
    this.#finish()
    const wire = this.wire
    wire.resume()
    return { wire, early: early !== null && early.length > 0 ? early : null }
  }

  /** Drops it, whatever state it is in. */
  abandon(): void {
    if (this.#state === 'done') return
    this.#finish()
    this.#cancelConnect?.()
    this.#body.detach()
    this.#wire?.destroy()
  }

  pause(): void {
    this.#wire?.pause()
  }
  resume(): void {
    if (this.#state !== 'undecided') this.#wire?.resume()
  }

  received(bytes: Buffer, start: number, end: number): void {
    this.#borrowing = true
    this.#feed(bytes, start, end)
    this.#borrowing = false
    this.#owner.flush()
  }

  ended(): void {
    this.#ended = true
    if (this.#state === 'head') this.#failEarly(null)
    else if (this.#state === 'body' || this.#state === 'draining') this.#bodyEndsWithConnection()
  }

  drained(): void {
    this.#owner.pauseClient(false)
    if (this.#requestSent && this.#state === 'head') this.#deadline.set(this.step.timeouts.headMs, () => this.#headTimedOut())
  }

  closed(error: NodeJS.ErrnoException | null): void {
    this.#ended = true
    if (this.#state === 'head') this.#failEarly(error)
    else if (this.#state === 'body' || this.#state === 'draining') this.#bodyEndsWithConnection()
  }

  #adopt(wire: Wire, reused: boolean): void {
    this.#wire = wire
    this.#reused = reused
    this.#address = `${wire.remote.address}:${wire.remote.port}`
    this.#connectedAtUs = nowUs()
    this.#bytesReadBefore = wire.bytesRead
    this.#bytesWrittenBefore = wire.bytesWritten
    wire.owner = this
    this.#state = 'head'
    const text = requestText(this.step.head)
    this.#context.recordText(RecordKind.head, this.#exchange, this.#connection, fromClient, stageOut, text)
    if (this.step.body === 'none' || (this.step.body === 'after100' && !this.#bodyWanted)) {
      if (!wire.writeLatin1(text)) this.#owner.pauseClient(true)
      this.#armHead()
    } else this.#sendBody(text)
    wire.resume()
  }

  #sendBody(head: string): void {
    this.#bodyStarted = true
    const output = new FramedOutput(this.wire, head === '' ? null : head, outgoingFraming(this.step.head), () => this.#heldBack())
    this.#deadline.set(this.step.timeouts.sendMs, () => this.#sendTimedOut())
    this.#body.relayTo(output, () => this.#armHead())
    this.#owner.bodyWanted()
    output.flush()
  }

  #heldBack(): void {
    this.#owner.pauseClient(true)
  }

  #armHead(): void {
    this.#requestSent = true
    if (this.#state === 'head') this.#deadline.set(this.step.timeouts.headMs, () => this.#headTimedOut())
  }

  #feed(bytes: Buffer, start: number, end: number): void {
    let at = start
    while (at < end) {
      if (this.#state === 'head') at = this.#readHead(bytes, at, end)
      else if (this.#state === 'body' || this.#state === 'draining') at = this.#readBody(bytes, at, end)
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
      this.#fail({
        cause: head.fault === 'headTooLong' || head.fault === 'fieldTooLong' || head.fault === 'tooManyFields' ? 'headTooLong' : 'notHttp',
        message: `The answer of ${this.#address} is not HTTP: ${head.on}`,
        received: Buffer.from(bytes.subarray(start, end))
      })
      return end
    }
    this.#head = head
    this.#deadline.clear()
    const raw = this.#reader.raw
    this.#context.recordBytes(RecordKind.head, this.#exchange, this.#connection, fromServer, stageIn, raw.bytes, raw.start, raw.end)
    this.#state = 'undecided'
    this.#rest = { bytes, start: at, end }
    this.#owner.originHead(head)
    if (this.#rest === null) return end
    this.#rest = null
    return at
  }

  #startAnswerBody(requestMethod: string, state: 'body' | 'draining'): void {
    const framing = responseFraming(this.#head as ResponseHead, requestMethod)
    if (isFault(framing)) {
      this.#state = state
      return this.#bodyFault(framing.on)
    }
    this.#state = state
    if (framing.kind === 'none') return this.#bodyDone()
    this.#bodyReader = new BodyReader(framing, originWire)
    if (this.#bodyReader.done) return this.#bodyDone()
    this.#deadline.set(this.step.timeouts.readMs, () => this.#readTimedOut())
    this.#feedHeld()
  }

  #readBody(bytes: Buffer, start: number, end: number): number {
    const reader = this.#bodyReader as BodyReader
    const at = reader.push(bytes, start, end, this.#sink)
    if (reader.fault !== null) this.#bodyFault(reader.fault.on)
    else if (reader.done) this.#bodyDone(at < end)
    else this.#deadline.set(this.step.timeouts.readMs, () => this.#readTimedOut())
    return at
  }

  readonly #sink: BodySink = (bytes, start, end) => {
    if (this.#state !== 'body') return
    this.#context.recordBytes(RecordKind.body, this.#exchange, this.#connection, fromServer, stageIn, bytes, start, end)
    this.#owner.bodyPart(bytes, start, end, this.#borrowing ? this.#wire : null)
  }

  #hold(bytes: Buffer, start: number, end: number): void {
    const piece = Buffer.from(bytes.subarray(start, end))
    this.#held = this.#held === null ? piece : Buffer.concat([this.#held, piece])
    this.wire.pause()
  }

  #feedHeld(): void {
    const held = this.#held
    this.#held = null
    if (held !== null) {
      this.#feed(held, 0, held.length)
      this.#owner.flush()
    }
    if (this.#held === null && this.#state !== 'done') this.#wire?.resume()
    if (this.#ended && this.#state !== 'done') this.ended()
  }

  #bodyDone(more = false): void {
    const relayed = this.#state === 'body'
    this.#finish()
    if (!more && this.#reusable()) this.#context.pool.put(this.step.reuse as string, this.wire)
    else this.wire.destroy()
    if (relayed) this.#owner.bodyEnded()
  }

  /** RFC 9112 §9.3: persistent unless somebody says close; both messages must be over. */
  #reusable(): boolean {
    const head = this.#head as ResponseHead
    if (this.step.reuse === null || this.#ended || !this.#requestSent || !this.#body.complete) return false
    if (fieldValue(this.step.head.fields, 'connection')?.toLowerCase() === 'close') return false
    const options = fieldValue(head.fields, 'connection')
    if (options !== undefined && /\bclose\b/i.test(listMembers(head.fields, 'connection').join())) return false
    return head.version === 'HTTP/1.1' || (options !== undefined && /keep-alive/i.test(options))
  }

  #bodyEndsWithConnection(): void {
    const reader = this.#bodyReader
    if (reader === null) return
    reader.finish()
    if (reader.done) this.#bodyDone()
    else this.#bodyFault('the origin closed before its end')
  }

  #bodyFault(on: string): void {
    const relayed = this.#state === 'body'
    this.#finish()
    this.#wire?.destroy()
    if (relayed) this.#owner.bodyCutShort({ cause: 'closedEarly', message: `The answer of ${this.#address} is broken: ${on}` })
  }

  #failEarly(error: NodeJS.ErrnoException | null): void {
    // With TLS 1.3 a server looks at our certificate when our side of the handshake is over.
    const alert = error === null ? null : alertName(error)
    this.#fail({
      cause: 'closedEarly',
      ...(alert === null ? {} : { check: 'alert' }),
      message: `${this.#address} ${howItClosed(error, alert)} before it answered.`,
      ...(error?.code === undefined ? {} : { systemCode: error.code })
    })
  }
  #headTimedOut(): void {
    this.#fail({ cause: 'headTimedOut', message: `${this.#address} did not answer within ${this.step.timeouts.headMs} ms.` })
  }
  #sendTimedOut(): void {
    if (this.wire.pendingBytes === 0) return this.#deadline.set(this.step.timeouts.sendMs, () => this.#sendTimedOut())
    this.#fail({ cause: 'sendTimedOut', message: `${this.#address} took nothing of the request for ${this.step.timeouts.sendMs} ms.` })
  }
  #readTimedOut(): void {
    // A client that is slow to read is not the origin's fault.
    if (this.#owner.clientHoldsBack()) return this.#deadline.set(this.step.timeouts.readMs, () => this.#readTimedOut())
    const relayed = this.#state === 'body'
    this.#finish()
    this.wire.destroy()
    const message = `The answer of ${this.#address} stalled for ${this.step.timeouts.readMs} ms.`
    if (relayed) this.#owner.bodyCutShort({ cause: 'readTimedOut', message })
  }

  #fail(failure: Failure): void {
    if (this.#state === 'done') return
    this.#finish()
    this.#body.detach()
    this.#wire?.destroy()
    this.#owner.originFailed(failure)
  }

  #finish(): void {
    this.#state = 'done'
    this.#deadline.clear()
  }
}

function howItClosed(error: NodeJS.ErrnoException | null, alert: string | null): string {
  if (error === null) return 'closed the connection'
  return alert === null ? `broke the connection (${error.code ?? error.message})` : `refused us with the TLS alert ${alert}`
}

function copyOf(rest: { bytes: Buffer; start: number; end: number }): Buffer {
  return Buffer.from(rest.bytes.subarray(rest.start, rest.end))
}
