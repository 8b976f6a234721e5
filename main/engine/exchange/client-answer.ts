import type { BodyFraming, ResponseHead } from '../../../shared/heads.js'
import { RecordKind, fromServer, stageOut } from '../../../shared/records.js'
import type { BodyPart, Out, Persist, RelayPolicy } from '../../../shared/steps.js'
import { outgoingFraming } from '../http1/framing.js'
import { responseText } from '../http1/serialise.js'
import type { Wire } from '../wire/wire.js'
import { BodyParts } from './body-parts.js'
import type { EngineContext } from './context.js'
import { FramedOutput } from './framed-output.js'
import type { StallWatch } from './stall-watch.js'

/** Longest time that a client may take nothing of an answer that is made here; what httpd and nginx allow. */
const ownAnswerSendMs = 60_000

/** The head that an origin sent last. */
export interface ReceivedHead {
  readonly head: ResponseHead
  /** Its bytes, as long as they stand in the read buffer: during the call that told it. */
  raw: { readonly bytes: Buffer; readonly start: number; readonly end: number } | null
}

export interface AnswerOwner {
  readonly wire: Wire
  /** The client takes no more for now: whatever the body comes from should pause until `drained`. */
  clientHoldsBack(): void
  /** The client took nothing for too long. */
  clientStalled(): void
  /** A body from here is written, or could not be read. */
  ownBodyOver(fault: Error | null): void
}

/** What the client of one exchange is told: interim heads, then one head and its body, as fast as it takes them. */
export class ClientAnswer {
  /** Its head is on the way, or nothing more can be. */
  begun = false
  /** The client is slow. */
  heldBack = false
  persist: Persist = closes
  cutShort: RelayPolicy['cutShort'] = 'close'
  readonly #context: EngineContext
  readonly #exchange: number
  readonly #connection: number
  readonly #method: string
  readonly #owner: AnswerOwner
  readonly #way: { readonly stall: StallWatch }
  #output: FramedOutput | null = null
  #parts: BodyParts | null = null
  #sendMs = 0
  #skip = 0
  #room = Infinity

  constructor(
    context: EngineContext,
    exchange: number,
    connection: number,
    method: string,
    owner: AnswerOwner,
    way: { readonly stall: StallWatch }
  ) {
    this.#context = context
    this.#exchange = exchange
    this.#connection = connection
    this.#method = method
    this.#owner = owner
    this.#way = way
  }

  /** Bytes of the body so far, unframed. */
  get bodyBytes(): number {
    return this.#output?.bytes ?? 0
  }

  /** A head without a body: 1xx. */
  head(out: Out, received: ReceivedHead | null): void {
    const text = this.#textOf(out, received)
    if (text !== null) this.#owner.wire.writeLatin1(text)
  }

  /** Begins to pass an origin's answer on: its body is told by `take`. */
  relay(out: Out, received: ReceivedHead, policy: RelayPolicy, persist: Persist, sendMs: number): void {
    const framing = framingOf(out, received, this.#method)
    this.cutShort = policy.cutShort
    if (policy.range !== undefined) {
      this.#skip = policy.range.fromByte
      this.#room = policy.range.bytes
    }
    if (policy.discard === true) this.#room = 0
    this.#begin(this.#textOf(out, received), framing, persist, sendMs)
  }

  /** Answers from here; the owner is told when it is over, maybe within the call. */
  respond(head: ResponseHead, body: readonly BodyPart[], persist: Persist): void {
    const framing = outgoingFraming(head, this.#method)
    const output = this.#begin(this.#textOf(head, null), framing, persist, ownAnswerSendMs)
    this.#parts = new BodyParts(framing.kind === 'none' ? [] : body, output, (fault) => this.#owner.ownBodyOver(fault))
    this.#parts.start()
  }

  /** Bytes of an origin's body. */
  take(bytes: Buffer, start: number, end: number, borrowed: Wire | null): void {
    if (this.#skip === 0 && this.#room === Infinity) return this.#output?.take(bytes, start, end, borrowed)
    const from = Math.min(end, start + this.#skip)
    this.#skip -= from - start
    const to = Math.min(end, from + this.#room)
    this.#room -= to - from
    if (to > from) this.#output?.take(bytes, from, to, borrowed)
  }

  flush(): void {
    this.#output?.flush()
  }

  /** @returns whether the body became what its head says. */
  end(): boolean {
    this.#output?.end()
    return this.#output?.whole ?? false
  }

  drained(): void {
    if (!this.heldBack) return
    this.heldBack = false
    this.#way.stall.stop()
    this.#output?.drained()
    this.#parts?.drained()
  }

  /** No more of it. */
  stop(): void {
    if (this.heldBack) this.#way.stall.stop()
    this.#parts?.stop()
  }

  #begin(text: string | null, framing: BodyFraming, persist: Persist, sendMs: number): FramedOutput {
    this.begun = true
    // The end of such a body is the end of the connection, whatever else was decided (RFC 9112 §6.3).
    this.persist = framing.kind === 'untilClose' ? closes : persist
    this.#sendMs = sendMs
    this.#output = new FramedOutput(this.#owner.wire, text, framing, this.#onPending)
    return this.#output
  }

  readonly #onPending = (): void => {
    if (!this.heldBack) this.#way.stall.start(this.#sendMs, () => this.#owner.clientStalled())
    this.heldBack = true
    this.#owner.clientHoldsBack()
  }

  #textOf(out: Out, received: ReceivedHead | null): string | null {
    if (out === 'none') return null
    const text = out === 'asReceived' ? receivedText(received as ReceivedHead) : responseText(this.#context.ports?.out(out) ?? out)
    this.#context.recordText(RecordKind.head, this.#exchange, this.#connection, fromServer, stageOut, text)
    return text
  }
}

export const closes: Persist = { keep: false, idleMs: 0, headMs: 0 }

/** A head that goes out as received promises what it promised; without any head, the end of the connection ends the body. */
function framingOf(out: Out, received: ReceivedHead, method: string): BodyFraming {
  if (out === 'none') return { kind: 'untilClose' }
  return outgoingFraming(out === 'asReceived' ? received.head : out, method)
}

/** Byte for byte; where its bytes are gone, since the step was held up, as they were read. */
function receivedText({ head, raw }: ReceivedHead): string {
  return raw === null ? responseText(head) : raw.bytes.toString('latin1', raw.start, raw.end)
}
