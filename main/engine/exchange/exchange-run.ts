import { asSwitchyardError } from '../../../shared/errors.js'
import type { HeadFault, RequestHead, ResponseHead } from '../../../shared/heads.js'
import { RecordKind } from '../../../shared/records.js'
import type { Account, Failure, Outcome, Step, TunnelAccount } from '../../../shared/steps.js'
import type { Arrival } from '../../../shared/site.js'
import { nowUs } from '../clock.js'
import { openTunnel } from '../tunnel/tunnel.js'
import type { Tunnel } from '../tunnel/tunnel.js'
import type { Wire } from '../wire/wire.js'
import type { AttemptOwner } from './attempt-owner.js'
import { BodyWatch } from './body-watch.js'
import { ClientAnswer, closes } from './client-answer.js'
import type { AnswerOwner, ReceivedHead } from './client-answer.js'
import type { EngineContext } from './context.js'
import { Dialogue } from './dialogue.js'
import type { StepDoer } from './dialogue.js'
import { ExchangeAccount } from './exchange-account.js'
import { lookAt, noAttempt, resolveHost } from './look.js'
import { OriginAttempt } from './origin-attempt.js'
import type { RequestBody } from './request-body.js'
import type { RunOwner } from './run-owner.js'
import { tunnelFacts } from './tunnel-facts.js'

type StepOf<K extends Step['do']> = Extract<Step, { do: K }>

/** Drives one exchange of a site: does its steps and tells it the outcomes. */
export class ExchangeRun implements StepDoer, AttemptOwner, AnswerOwner {
  readonly id: number
  readonly body: RequestBody
  readonly account: ExchangeAccount
  readonly #context: EngineContext
  readonly #connection: number
  /** Of the site that decides: a reload changes nothing for an exchange that is under way. */
  readonly #generation: number
  readonly #owner: RunOwner
  readonly #dialogue: Dialogue
  readonly #answer: ClientAnswer
  /** Of a request that has a body. */
  readonly #bodyWatch: BodyWatch | null
  #attempt: OriginAttempt | null = null
  #tunnel: Tunnel | null = null
  #received: ReceivedHead | null = null
  #watching = false
  /** The client's connection is gone. */
  #clientLost = false
  /** The exchange was told that its client left. */
  #toldGone = false
  #over = false

  constructor(
    context: EngineContext,
    owner: RunOwner,
    connection: number,
    id: number,
    arrival: Arrival,
    head: RequestHead | HeadFault,
    body: RequestBody,
    headBytes: number
  ) {
    this.#context = context
    this.#owner = owner
    this.#connection = connection
    this.#generation = context.site.generation
    this.id = id
    this.body = body
    this.account = new ExchangeAccount(context, id, connection, owner, headBytes)
    this.#answer = new ClientAnswer(context, id, connection, head.method ?? 'GET', this, owner)
    context.counters.openExchanges++
    body.onFault = (cause) => this.#bodyFault(cause)
    this.#bodyWatch = body.complete
      ? null
      : new BodyWatch(
          owner.deadline,
          () => owner.heldBack,
          (ms) => this.#bodySilent(ms)
        )
    this.#dialogue = new Dialogue(context, this, arrival, head)
  }

  get wire(): Wire {
    return this.#owner.wire
  }
  get receivedHead(): ResponseHead | null {
    return this.#received?.head ?? null
  }

  start(): void {
    this.#tell({ was: 'start' })
  }

  // ── what the client does ──────────────────────────────────────────────────────────────────────

  /** The client's FIN, behind all that it sent of the body so far. */
  clientEnded(): void {
    if (this.#watching && !this.#toldGone) this.#tellGone('fin')
  }

  clientClosed(): void {
    this.#clientLost = true
    if (this.#over || this.#tunnel !== null) return
    if (this.#answer.begun || this.#dialogue.heldAtGate) this.#end('clientGone', 'silent')
    else if (this.#watching) this.#tellGone('rst')
  }

  /** Bytes of the body were read. */
  bodyRead(): void {
    this.#bodyWatch?.read()
  }

  /** Bytes of the body came although nobody asked for them: a client need not wait for a 100 (RFC 9110 §10.1.1). */
  bodyOffered(): void {
    if (this.#attempt?.step.body === 'after100') this.#attempt.startBody()
  }

  clientDrained(): void {
    this.#answer.drained()
    this.#attempt?.resume()
  }

  /** The engine stops: whatever it is doing ends now. */
  stop(): void {
    if (this.#tunnel !== null) this.#tunnel.close()
    else this.#end('stopped', 'silent')
  }

  // ── what the origin says ──────────────────────────────────────────────────────────────────────

  originHead(head: ResponseHead): void {
    const attempt = this.#attempt as OriginAttempt
    const received: ReceivedHead = { head, raw: attempt.rawHead }
    this.#received = received
    if (head.status === 100) attempt.startBody()
    this.#tell({ was: 'head', head, attempt: attempt.facts() })
    received.raw = null
  }
  originFailed(failure: Failure): void {
    this.#tell({ was: 'failure', failure, attempt: this.#attempted(failure) })
  }
  bodyWanted(): void {
    const { readMs, bodyMs } = (this.#attempt as OriginAttempt).step.timeouts
    this.#bodyWatch?.start(bodyMs ?? readMs)
    this.#owner.pump()
  }
  bodySent(): void {
    this.#bodyWatch?.stop()
  }
  bodyPart(bytes: Buffer, start: number, end: number, borrowed: Wire | null): void {
    this.#answer.take(bytes, start, end, borrowed)
  }
  bodyEnded(): void {
    this.#attempted(null)
    this.#answered()
  }
  bodyCutShort(failure: Failure): void {
    this.#attempted(failure)
    this.account.broke = failure
    this.#answer.flush()
    this.#end(failure.cause === 'readTimedOut' ? 'timedOut' : 'originGone', this.#answer.cutShort === 'reset' ? 'rst' : 'fin')
  }
  flush(): void {
    this.#answer.flush()
  }
  pauseClient(paused: boolean): void {
    this.#owner.holdBack(paused)
  }
  clientIsSlow(): boolean {
    return this.#answer.heldBack
  }

  // ── what becomes of the answer ────────────────────────────────────────────────────────────────

  clientHoldsBack(): void {
    this.#attempt?.pause()
  }
  clientStalled(): void {
    this.#end('timedOut', 'rst')
  }
  ownBodyOver(fault: Error | null): void {
    if (fault === null) this.#answered()
    else this.#end('failed', 'fin')
  }

  #answered(): void {
    if (this.#answer.end()) this.#end('complete', null)
    else this.#end('failed', 'fin')
  }

  // ── steps ─────────────────────────────────────────────────────────────────────────────────────

  #tellGone(how: 'fin' | 'rst'): void {
    this.#toldGone = true
    this.#tell({ was: 'clientGone', how })
  }

  #tell(outcome: Outcome): void {
    if (!this.#over) this.#dialogue.tell(outcome)
  }

  doStep(step: Step): void {
    if (this.#over) return
    this.#watching = false
    switch (step.do) {
      case 'readBody':
        return this.#readBody(step)
      case 'send':
        return this.#send(step)
      case 'interim':
        return this.#interim(step)
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
        return this.#wait(step.untilUs)
      case 'carryOn':
        this.#watching = this.#attempt !== null
        return
      case 'close':
        return this.#end(this.#toldGone ? 'clientGone' : 'failed', step.how)
    }
  }

  #wait(untilUs: number): void {
    const deadline = this.#context.deadlines.make()
    deadline.set(Math.max(1, (untilUs - nowUs()) / 1000), () => this.#tell({ was: 'time' }))
  }

  #readBody(step: StepOf<'readBody'>): void {
    if (step.continue !== undefined && !this.body.complete) this.#answer.head(step.continue, null)
    this.#bodyWatch?.start(step.timeouts.readMs)
    this.body.spool(step.upToBytes, () => {
      this.#bodyWatch?.stop()
      this.#tell({ was: 'body', read: this.body.spooled })
    })
    this.#owner.pump()
  }

  #send(step: StepOf<'send'>): void {
    const repeats = step.body === 'relay' || step.body === 'replay'
    if (repeats && !this.body.replayable) throw new Error('a body that is gone cannot be sent again')
    this.#dropAttempt()
    const attempt = new OriginAttempt(this.#context, step, this.body, this.id, this.#connection, this)
    this.#attempt = attempt
    this.#watching = step.watchClient
    if (this.#owner.heldBytes > 0) this.bodyOffered()
    attempt.begin()
    this.#owner.pump()
    // It left before anybody looked.
    if (this.#attempt !== attempt || !this.#watching) return
    if (this.#clientLost) this.#tellGone('rst')
    else if (this.#owner.clientEnded && this.#owner.heldBytes === 0) this.#tellGone('fin')
  }

  #interim(step: StepOf<'interim'>): void {
    this.#answer.head(step.head, this.#received)
    this.#attempt?.awaitNextHead()
    this.#owner.pump()
  }

  #relay(step: StepOf<'relay'>): void {
    const attempt = this.#pending('relay')
    const received = this.#received as ReceivedHead
    if (step.requestBody === 'stop') this.#stopBody()
    this.account.status = step.head === 'none' || step.head === 'asReceived' ? received.head.status : step.head.status
    this.#answer.relay(step.head, received, step.body, step.persist, attempt.step.timeouts.sendMs)
    attempt.relayBody()
  }

  #respond(step: StepOf<'respond'>): void {
    this.#dropAttempt()
    this.#stopBody()
    this.account.status = step.head.status
    this.#answer.respond(step.head, step.body, step.persist)
  }

  #openTunnel(step: StepOf<'tunnel'>): void {
    const attempt = this.#pending('tunnel')
    const received = this.#received as ReceivedHead
    this.account.status = 101
    this.#answer.head(step.head, received)
    this.#stopBody()
    this.#attempted(null)
    const { wire: origin, early } = attempt.takeOver()
    const { wire: client, clientEnded } = this.#owner
    const facts = tunnelFacts(received.head)
    this.#context.note(RecordKind.tunnelOpened, this.id, this.#connection, facts)
    this.#tunnel = openTunnel({
      client,
      origin,
      idle: step.idle,
      halfClose: step.halfClose,
      tap: { recorder: this.#context.recorder, exchange: this.id, connection: this.#connection, websocket: facts.websocket },
      earlyFromClient: this.#owner.takeHeld(),
      earlyFromServer: early,
      nowUs,
      onEnd: (account) => this.#tunnelEnded(account)
    })
    this.#context.tunnelOpened(this.id, this.#tunnel, this.#generation)
    // A FIN that came before the tunnel was there is told again.
    if (clientEnded) client.owner.ended()
    if (attempt.originEnded) origin.owner.ended()
  }

  #tunnelEnded(account: TunnelAccount): void {
    this.#context.tunnelEnded(this.id)
    const ended = account.endedBy === 'idle' || account.endedBy === 'stopped' ? account.endedBy : 'complete'
    this.#finish(ended, account)
    this.#owner.exchangeOver(closes, 'tunnelled')
  }

  // ── the origin's side ─────────────────────────────────────────────────────────────────────────

  /** The attempt whose answer waits to be decided on. */
  #pending(what: string): OriginAttempt {
    if (this.#attempt === null) throw new Error(`a ${what} without an answer`)
    return this.#attempt
  }

  /** The attempt is over, whatever came of it. */
  #attempted(failure: Failure | null): ReturnType<OriginAttempt['facts']> {
    const facts = (this.#attempt as OriginAttempt).facts(nowUs())
    this.#attempt = null
    this.account.attempted(facts, failure)
    return facts
  }

  #dropAttempt(): void {
    const attempt = this.#attempt
    if (attempt === null) return
    this.#attempted(null)
    attempt.drop()
  }

  // ── the request's body ────────────────────────────────────────────────────────────────────────

  #bodySilent(ms: number): void {
    this.#bodyFailed({ cause: 'bodyTimedOut', message: `The client sent nothing of its body for ${ms} ms.` })
  }

  #stopBody(): void {
    this.#bodyWatch?.stop()
    this.body.detach()
  }

  #bodyFault(cause: 'bodyMalformed' | 'bodyCutShort'): void {
    const message = cause === 'bodyMalformed' ? 'The body of the request is not well-formed.' : 'The client left in the middle of the body.'
    this.#bodyFailed({ cause, message })
  }

  #bodyFailed(failure: Failure): void {
    this.#bodyWatch?.stop()
    this.body.detach()
    // An answer that is on its way already goes on without the rest of the request.
    if (this.#over || this.#answer.begun) return
    const attempt = this.#attempt
    const facts = attempt === null ? noAttempt(this.account.startedAtUs) : this.#attempted(failure)
    attempt?.abandon()
    this.#tell({ was: 'failure', failure, attempt: facts })
  }

  // ── ends ──────────────────────────────────────────────────────────────────────────────────────

  broken(thrown: unknown): void {
    const message = `This exchange failed inside Switchyard: ${asSwitchyardError(thrown).message}`
    this.#context.log([{ level: 'error', source: 'switchyard', code: 'exchange-broken', message }], this.id, this.#connection)
    if (this.#over) return
    if (!this.#answer.begun) {
      this.account.status = 500
      this.wire.writeLatin1('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    }
    this.#end('failed', 'fin')
  }

  /** @param how null: the answer is whole, and the connection goes on as it was decided. */
  #end(ended: Account['ended'], how: 'fin' | 'rst' | 'silent' | null): void {
    if (this.#over) return
    const attempt = this.#attempt
    if (attempt !== null) {
      this.#attempted(null)
      attempt.abandon()
    }
    this.#answer.stop()
    this.body.detach()
    this.#finish(ended, null)
    if (how === null) this.#owner.exchangeOver(this.#answer.persist, 'answered')
    else this.#owner.exchangeOver(closes, this.#clientLost ? 'silent' : how)
  }

  #finish(ended: Account['ended'], tunnel: TunnelAccount | null): void {
    if (this.#over) return
    this.#over = true
    this.#bodyWatch?.stop()
    this.#context.counters.openExchanges--
    const account = this.account.close(ended, this.#answer.bodyBytes, tunnel)
    this.#context.log(this.#dialogue.end(account).log, this.id, this.#connection)
    this.account.note(account)
  }
}
