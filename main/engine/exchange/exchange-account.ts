import { RecordKind } from '../../../shared/records.js'
import type { Account, Attempt, Failure, TunnelAccount } from '../../../shared/steps.js'
import type { Decision } from '../../../shared/trace.js'
import { nowUs } from '../clock.js'
import type { EngineContext } from './context.js'
import type { RunOwner } from './run-owner.js'

/** What one exchange came to: for the dialect's log lines, and for the capture. */
export class ExchangeAccount {
  /** Of the final answer, or 101; 0: none was given. */
  status = 0
  /** What broke the answer that was being relayed. */
  broke: Failure | null = null
  readonly startedAtUs = nowUs()
  readonly #context: EngineContext
  readonly #exchange: number
  readonly #connection: number
  readonly #owner: RunOwner
  readonly #bytesReadBefore: number
  readonly #bytesWrittenBefore: number
  readonly #attempts: Attempt[] = []
  #decision: Decision | null = null

  /** @param headBytes how long the request's head is, of which nothing is held any more. */
  constructor(context: EngineContext, exchange: number, connection: number, owner: RunOwner, headBytes: number) {
    this.#context = context
    this.#exchange = exchange
    this.#connection = connection
    this.#owner = owner
    this.#bytesReadBefore = this.#bytesTaken - headBytes
    this.#bytesWrittenBefore = owner.wire.bytesWritten
  }

  /** Read of the client, but for what belongs to a request behind this one. */
  get #bytesTaken(): number {
    return this.#owner.wire.bytesRead - this.#owner.heldBytes
  }

  /** A try at an origin is over. */
  attempted(facts: Attempt, failure: Failure | null): void {
    this.#attempts.push(facts)
    if (failure !== null) this.#context.counters.failures++
    if (this.#context.recorder === null) return
    this.#context.note(RecordKind.attempt, this.#exchange, this.#connection, {
      host: facts.target.host,
      port: facts.target.port,
      address: facts.address,
      status: facts.status,
      ...(failure === null ? {} : { cause: failure.cause, check: failure.check, message: failure.message })
    })
  }

  /** Noted where it changed. */
  decided(decision: Decision): void {
    if (decision === this.#decision) return
    this.#decision = decision
    this.#context.note(RecordKind.decision, this.#exchange, this.#connection, decision)
  }

  /** @param bodyBytes of the answer's body, unframed. */
  close(ended: Account['ended'], bodyBytes: number, tunnel: TunnelAccount | null): Account {
    const account: Account = {
      status: this.status,
      startedAtUs: this.startedAtUs,
      endedAtUs: nowUs(),
      requestBytes: this.#bytesTaken - this.#bytesReadBefore,
      responseBytes: this.#owner.wire.bytesWritten - this.#bytesWrittenBefore,
      responseBodyBytes: bodyBytes,
      attempts: this.#attempts,
      tunnel,
      ended,
      ...(this.broke === null ? {} : { failure: this.broke })
    }
    return account
  }

  /** After the log lines of its end. */
  note({ status, ended, requestBytes, responseBytes, tunnel }: Account): void {
    if (this.#context.recorder === null) return
    this.#context.note(RecordKind.exchangeEnded, this.#exchange, this.#connection, { status, ended, requestBytes, responseBytes, tunnel })
  }
}
