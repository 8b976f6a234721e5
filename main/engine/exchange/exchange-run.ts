import { asSwitchyardError } from '../../../shared/errors.js'
import { listMembers, fieldValue } from '../../../shared/fields.js'
import type { BodyFraming, HeadFault, RequestHead, ResponseHead } from '../../../shared/heads.js'
import { RecordKind, fromServer, stageOut } from '../../../shared/records.js'
import type { TunnelNote } from '../../../shared/records.js'
import type { Account, Attempt, Failure, Out, Outcome, Persist, Step, TunnelAccount } from '../../../shared/steps.js'
import type { Arrival, Exchange, Site } from '../../../shared/site.js'
import type { Decision } from '../../../shared/trace.js'
import { nowUs } from '../clock.js'
import { outgoingFraming } from '../http1/framing.js'
import { isFault } from '../http1/fault.js'
import { responseText } from '../http1/serialise.js'
import { openTunnel } from '../tunnel/tunnel.js'
import type { Tunnel } from '../tunnel/tunnel.js'
import type { Wire } from '../wire/wire.js'
import { BodyParts } from './body-parts.js'
import type { EngineContext } from './context.js'
import { FramedOutput } from './framed-output.js'
import { lookAt, noAttempt, resolveHost } from './look.js'
import { OriginAttempt } from './origin-attempt.js'
import type { AttemptOwner } from './origin-attempt.js'
import type { RequestBody } from './request-body.js'

/** A dialect that never comes to an end is at fault. */
const maxSteps = 1000

/** The connection that a run speaks through. */
export interface RunOwner {
  readonly wire: Wire
  /** The request body wants bytes that are held. */
  pump(): void
  /** What came too early and was held, for a tunnel. */
  takeHeld(): Buffer | null
  readonly holdsBytes: boolean
  /** Reads no more of the client, or again. */
  holdBack(heldBack: boolean): void
  /** The client's FIN was seen. */
  readonly clientEnded: boolean
  exchangeOver(persist: Persist, how: 'answered' | 'tunnelled' | 'fin' | 'rst' | 'silent'): void
}

const closeNow: Persist = { keep: false, idleMs: 0, headMs: 0 }

/** Drives one exchange of a site: does its steps, tells it the outcomes, keeps the account. */
export class ExchangeRun implements AttemptOwner {
  readonly id: number
  readonly #context: EngineContext
  readonly #connection: number
  readonly #owner: RunOwner
  readonly #method: string
  readonly #exchange: Exchange
  readonly #site: Site
  readonly body: RequestBody
  readonly #startedAtUs = nowUs()
  readonly #bytesReadBefore: number
  readonly #bytesWrittenBefore: number
  readonly #attempts: Attempt[] = []
  #attempt: OriginAttempt | null = null
  #output: FramedOutput | null = null
  #parts: BodyParts | null = null
  #persist: Persist = closeNow
  #cutShort: 'close' | 'reset' = 'close'
  #steps = 0
  #status = 0
  #watching = false
  #over = false
  #answering = false
  #clientLost = false
  #heldAtGate = false
  #heldBack = false
  #decision: Decision | null = null
  #tunnel: Tunnel | null = null
  /** What broke the answer that was being relayed. */
  #broke: Failure | null = null
  /** The head that the origin sent last. */
  #received: ResponseHead | null = null
  readonly #deadline

  constructor(
    context: EngineContext,
    owner: RunOwner,
    connection: number,
    id: number,
    arrival: Arrival,
    head: RequestHead | HeadFault,
    body: RequestBody,
    requestBytes: number
  ) {
    this.#context = context
    this.#owner = owner
    this.#connection = connection
    this.id = id
    this.body = body
    this.#method = head.method ?? 'GET'
    this.#site = context.site
    this.#bytesReadBefore = owner.wire.bytesRead - requestBytes
    this.#bytesWrittenBefore = owner.wire.bytesWritten
    this.#deadline = context.deadlines.make()
    context.counters.openExchanges++
    body.onFault = (cause) => this.#bodyFault(cause)
    this.#exchange = this.#site.open(arrival, head)
  }

  get generation(): number {
    return this.#site.generation
  }

  start(): void {
    this.#tell({ was: 'start' })
  }

  /** The client's FIN. */
  clientEnded(): void {
    this.body.cutShort()
    if (this.#watching && !this.#over) this.#tell({ was: 'clientGone', how: 'fin' })
  }

  /** The client's connection is gone. */
  clientClosed(): void {
    this.#clientLost = true
    this.body.cutShort()
    if (this.#over || this.#tunnel !== null) return
    if (this.#answering || this.#heldAtGate) this.#end('clientGone', 'silent')
    else if (this.#watching) this.#tell({ was: 'clientGone', how: 'rst' })
  }

  /** Bytes of the body came although nobody asked for them: a client need not wait for a 100 (RFC 9110 §10.1.1). */
  bodyOffered(): void {
    if (this.#attempt?.step.body === 'after100') this.#attempt.startBody()
  }

  clientDrained(): void {
    this.#heldBack = false
    this.#deadline.clear()
    this.#output?.drained()
    this.#attempt?.resume()
    this.#parts?.drained()
  }

  /** The engine stops: whatever it is doing ends now. */
  stop(): void {
    if (this.#tunnel !== null) this.#tunnel.close()
    else if (!this.#over) this.#end('stopped', 'silent')
  }

  // ── what the origin says ──────────────────────────────────────────────────────────────────────

  originHead(head: ResponseHead): void {
    const attempt = this.#attempt as OriginAttempt
    this.#received = head
    if (head.status === 100) attempt.startBody()
    this.#tell({ was: 'head', head, attempt: attempt.facts() })
  }
  originFailed(failure: Failure): void {
    const facts = (this.#attempt as OriginAttempt).facts()
    this.#noteAttempt(facts, failure)
    this.#attempt = null
    this.#context.counters.failures++
    this.#tell({ was: 'failure', failure, attempt: facts })
  }
  bodyWanted(): void {
    this.#owner.pump()
  }
  bodyPart(bytes: Buffer, start: number, end: number, borrowed: Wire | null): void {
    this.#output?.take(bytes, start, end, borrowed)
  }
  bodyEnded(): void {
    this.#noteAttempt((this.#attempt as OriginAttempt).facts(), null)
    this.#attempt = null
    this.#answered()
  }
  bodyCutShort(failure: Failure): void {
    this.#noteAttempt((this.#attempt as OriginAttempt).facts(), failure)
    this.#attempt = null
    this.#output?.flush()
    this.#context.counters.failures++
    this.#broke = failure
    this.#end('failed', this.#cutShort === 'reset' ? 'rst' : 'fin')
  }
  flush(): void {
    this.#output?.flush()
  }
  pauseClient(paused: boolean): void {
    this.#owner.holdBack(paused)
  }
  clientHoldsBack(): boolean {
    return this.#heldBack
  }

  // ── steps ─────────────────────────────────────────────────────────────────────────────────────

  #tell(outcome: Outcome): void {
    if (this.#over) return
    let step: Step
    try {
      if (++this.#steps > maxSteps) throw new Error(`${maxSteps} steps without an end`)
      step = this.#exchange.next(outcome, nowUs())
    } catch (thrown) {
      return this.#broken(thrown)
    }
    if (this.#context.recorder !== null) this.#noteDecision()
    if (this.#context.gate === null) return this.#do(step)
    const gated = this.#context.gate(this.id, step)
    if (!(gated instanceof Promise)) return this.#do(gated)
    this.#heldAtGate = true
    gated.then(
      (passed) => this.#letThrough(passed),
      (thrown: unknown) => this.#broken(thrown)
    )
  }

  #letThrough(step: Step): void {
    this.#heldAtGate = false
    this.#do(step)
  }

  #do(step: Step): void {
    if (this.#over) return
    this.#watching = false
    switch (step.do) {
      case 'readBody':
        return this.#readBody(step)
      case 'send':
        return this.#send(step)
      case 'interim':
        return this.#interim(step.head)
      case 'relay':
        return this.#relay(step)
      case 'respond':
        return this.#respond(step)
      case 'tunnel':
        return this.#openTunnel(step)
      case 'lookAt':
        void lookAt(step.paths, step.readUpToBytes ?? 0).then((files) => this.#tell({ was: 'files', files }))
        return
      case 'resolve':
        void resolveHost(step.host).then((outcome) => this.#tell(outcome))
        return
      case 'wait':
        return this.#deadline.set(Math.max(1, (step.untilUs - nowUs()) / 1000), () => this.#tell({ was: 'time' }))
      case 'carryOn':
        this.#watching = this.#attempt !== null
        return
      case 'close':
        return this.#end('failed', step.how)
    }
  }

  #readBody(step: Extract<Step, { do: 'readBody' }>): void {
    if (step.continue !== undefined && !this.body.complete) this.#writeHead(step.continue)
    this.#deadline.set(step.timeouts.readMs, () => this.#bodyTimedOut(step.timeouts.readMs))
    this.body.spool(step.upToBytes, () => {
      this.#deadline.clear()
      this.#tell({ was: 'body', read: this.body.spooled })
    })
    this.#owner.pump()
  }

  #send(step: Extract<Step, { do: 'send' }>): void {
    this.#attempt?.abandon()
    this.#attempt = new OriginAttempt(this.#context, step, this.body, this.id, this.#connection, this)
    this.#watching = step.watchClient
    if (this.#owner.holdsBytes) this.bodyOffered()
    this.#attempt.begin()
    this.#owner.pump()
    if (this.#watching && this.#owner.clientEnded) this.#tell({ was: 'clientGone', how: 'fin' })
  }

  #interim(head: Out): void {
    if (head !== 'none') this.#writeHead(head)
    this.#attempt?.awaitNextHead()
    this.#owner.pump()
  }

  #relay(step: Extract<Step, { do: 'relay' }>): void {
    const attempt = this.#attempt
    if (attempt === null) return this.#broken(new Error('a relay without an answer'))
    this.#persist = step.persist
    this.#cutShort = step.body.cutShort
    this.#answering = true
    if (step.requestBody === 'stop') this.body.detach()
    const text = this.#headText(step.head)
    const framing = this.#framingOf(step.head)
    this.#output = new FramedOutput(this.#owner.wire, text, framing, () => this.#clientHoldsBack(attempt.step.timeouts.sendMs))
    attempt.relayBody(attempt.step.head.method)
  }

  #respond(step: Extract<Step, { do: 'respond' }>): void {
    this.#attempt?.abandon()
    this.#attempt = null
    this.#persist = step.persist
    this.#answering = true
    this.body.detach()
    const framing = outgoingFraming(step.head, this.#method)
    const output = new FramedOutput(this.#owner.wire, this.#headText(step.head), framing, () => this.#clientHoldsBack(0))
    this.#output = output
    const parts = new BodyParts(step.body, output, (fault) => {
      if (fault === null) this.#answered()
      else this.#end('failed', 'fin')
    })
    this.#parts = parts
    parts.start()
  }

  #openTunnel(step: Extract<Step, { do: 'tunnel' }>): void {
    const attempt = this.#attempt
    if (attempt === null) return this.#broken(new Error('a tunnel without an answer'))
    const head = step.head
    this.#status = 101
    if (head !== 'none') this.#writeHead(head)
    const facts = tunnelFacts(this.#received as ResponseHead)
    const { wire: origin, early } = attempt.takeOver()
    this.#attempt = null
    this.#noteAttempt(attempt.facts(), null)
    const client = this.#owner.wire
    const earlyFromClient = this.#owner.takeHeld()
    const { clientEnded } = this.#owner
    this.#context.note(RecordKind.tunnelOpened, this.id, this.#connection, facts)
    this.#context.counters.tunnels++
    this.#context.counters.openTunnels++
    const tunnel = openTunnel({
      client,
      origin,
      idle: step.idle,
      halfClose: step.halfClose,
      tap: { recorder: this.#context.recorder, exchange: this.id, connection: this.#connection, websocket: facts.websocket },
      earlyFromClient,
      earlyFromServer: early,
      nowUs,
      onEnd: (account) => this.#tunnelEnded(account)
    })
    this.#tunnel = tunnel
    this.#context.tunnels.set(this.id, tunnel)
    // A FIN that came before the tunnel was there is told again.
    if (clientEnded) client.owner.ended()
    if (attempt.originEnded) origin.owner.ended()
  }

  #tunnelEnded(account: TunnelAccount): void {
    this.#context.tunnels.delete(this.id)
    this.#context.counters.openTunnels--
    const ended = account.endedBy === 'idle' ? 'idle' : account.endedBy === 'stopped' ? 'stopped' : 'complete'
    this.#finish(ended, account)
    this.#owner.exchangeOver(closeNow, 'tunnelled')
  }

  // ── ends ──────────────────────────────────────────────────────────────────────────────────────

  #answered(): void {
    const output = this.#output as FramedOutput
    output.end()
    if (!output.whole) return this.#end('failed', 'fin')
    this.#end('complete', null)
  }

  #bodyFault(cause: 'bodyMalformed' | 'bodyCutShort'): void {
    if (this.#over || this.#answering) return
    const attempt = this.#attempt
    const facts = attempt?.facts() ?? noAttempt(this.#startedAtUs)
    // A client that half-closes in the middle of a body has not left: its answer may still come.
    if (attempt !== null) {
      attempt.abandon()
      this.#attempt = null
    }
    const message = cause === 'bodyMalformed' ? 'The body of the request is not well-formed.' : 'The client left in the middle of the body.'
    this.#tell({ was: 'failure', failure: { cause, message }, attempt: facts })
  }

  #bodyTimedOut(ms: number): void {
    const message = `The client sent nothing of its body for ${ms} ms.`
    this.#tell({ was: 'failure', failure: { cause: 'bodyTimedOut', message }, attempt: noAttempt(this.#startedAtUs) })
  }

  #clientHoldsBack(sendMs: number): void {
    this.#heldBack = true
    this.#attempt?.pause()
    if (sendMs > 0) this.#deadline.set(sendMs, () => this.#end('timedOut', 'rst'))
  }

  #broken(thrown: unknown): void {
    const error = asSwitchyardError(thrown)
    const entry = {
      level: 'error',
      source: 'switchyard',
      code: 'exchange-broken',
      message: `This exchange failed inside Switchyard: ${error.message}`
    } as const
    this.#context.log([entry], this.id, this.#connection)
    if (!this.#answering)
      this.#owner.wire.writeLatin1('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    this.#status = this.#answering ? this.#status : 500
    this.#end('failed', 'fin')
  }

  /** @param how null: the answer is whole, and the connection goes on as it was decided. */
  #end(ended: Account['ended'], how: 'fin' | 'rst' | 'silent' | null): void {
    if (this.#over) return
    this.#attempt?.abandon()
    this.#parts?.stop()
    this.#finish(ended, null)
    if (how === null) this.#owner.exchangeOver(this.#persist, 'answered')
    else this.#owner.exchangeOver(closeNow, this.#clientLost ? 'silent' : how)
  }

  #finish(ended: Account['ended'], tunnel: TunnelAccount | null): void {
    if (this.#over) return
    this.#over = true
    this.#deadline.clear()
    this.#context.counters.openExchanges--
    const wire = this.#owner.wire
    const account: Account = {
      status: this.#status,
      startedAtUs: this.#startedAtUs,
      endedAtUs: nowUs(),
      requestBytes: wire.bytesRead - this.#bytesReadBefore,
      responseBytes: wire.bytesWritten - this.#bytesWrittenBefore,
      responseBodyBytes: this.#output?.bytes ?? 0,
      attempts: this.#attempts,
      tunnel,
      ended,
      ...(this.#broke === null ? {} : { failure: this.#broke })
    }
    const closing = this.#exchange.end(account, account.endedAtUs)
    this.#context.log(closing.log, this.id, this.#connection)
    if (this.#context.recorder !== null) this.#noteEnd(account)
  }

  // ── heads and notes ───────────────────────────────────────────────────────────────────────────

  #headText(out: Out): string | null {
    if (out === 'none') return null
    if (out === 'asReceived') {
      const raw = (this.#attempt as OriginAttempt).rawHead
      this.#status = (this.#received as ResponseHead).status
      return raw.bytes.toString('latin1', raw.start, raw.end)
    }
    const head = this.#context.ports === null ? out : this.#context.ports.out(out)
    if (head.status >= 200) this.#status = head.status
    const text = responseText(head)
    this.#context.recordText(RecordKind.head, this.id, this.#connection, fromServer, stageOut, text)
    return text
  }

  /** A head that goes out as received promises what it promised; without any head, the end of the connection ends the body. */
  #framingOf(out: Out): BodyFraming {
    if (out === 'none') return { kind: 'untilClose' }
    return outgoingFraming(out === 'asReceived' ? (this.#received as ResponseHead) : out, this.#method)
  }

  #writeHead(out: ResponseHead | 'asReceived'): void {
    const text = this.#headText(out)
    if (text !== null) this.#owner.wire.writeLatin1(text)
  }

  #noteDecision(): void {
    const decision = this.#exchange.decision()
    if (decision === this.#decision) return
    this.#decision = decision
    this.#context.note(RecordKind.decision, this.id, this.#connection, decision)
  }

  #noteAttempt(facts: Attempt, failure: Failure | null): void {
    this.#attempts.push({ ...facts, endedAtUs: nowUs() })
    if (this.#context.recorder === null) return
    this.#context.note(RecordKind.attempt, this.id, this.#connection, {
      host: facts.target.host,
      port: facts.target.port,
      address: facts.address,
      status: facts.status,
      ...(failure === null ? {} : { cause: failure.cause, check: failure.check, message: failure.message })
    })
  }

  #noteEnd(account: Account): void {
    this.#context.note(RecordKind.exchangeEnded, this.id, this.#connection, {
      status: account.status,
      ended: account.ended,
      requestBytes: account.requestBytes,
      responseBytes: account.responseBytes,
      tunnel: account.tunnel
    })
  }
}

/** What the capture needs to read the tunnel: RFC 6455 §4.2.2, RFC 7692 §7. */
function tunnelFacts({ fields }: ResponseHead): TunnelNote {
  return {
    subprotocol: fieldValue(fields, 'sec-websocket-protocol') ?? null,
    extensions: listMembers(fields, 'sec-websocket-extensions').join(', ') || null,
    websocket: listMembers(fields, 'upgrade').some((token) => token.toLowerCase() === 'websocket')
  }
}
