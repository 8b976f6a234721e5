import type { HeadFault, RequestHead, ResponseHead } from '../../../shared/heads.js'
import type { Arrival, Exchange, Site } from '../../../shared/site.js'
import { nothingToLog } from '../../../shared/steps.js'
import type { Account, Closing, Outcome, Step } from '../../../shared/steps.js'
import { nowUs } from '../clock.js'
import type { EngineContext } from './context.js'
import type { ExchangeAccount } from './exchange-account.js'

/** A dialect that never comes to an end is at fault. */
const maxSteps = 1000

/** Who does the steps. */
export interface StepDoer {
  readonly id: number
  readonly account: ExchangeAccount
  /** What the origin sent last: a head `asReceived` is this one. */
  readonly receivedHead: ResponseHead | null
  doStep(step: Step): void
  /** The site, the gate or the doing of a step threw. */
  broken(thrown: unknown): void
}

/** The talk with a site about one exchange: an outcome in, a step out, through the gate where there is one. Never throws. */
export class Dialogue {
  /** A step is decided and not let through yet. */
  heldAtGate = false
  readonly #context: EngineContext
  readonly #doer: StepDoer
  readonly #exchange: Exchange
  #steps = 0

  constructor(context: EngineContext, doer: StepDoer, arrival: Arrival, head: RequestHead | HeadFault) {
    this.#context = context
    this.#doer = doer
    this.#exchange = openExchange(context.site, arrival, head)
  }

  tell(outcome: Outcome): void {
    try {
      if (++this.#steps > maxSteps) throw new Error(`${maxSteps} steps without an end`)
      const step = this.#exchange.next(outcome, nowUs())
      if (this.#context.recorder !== null) this.#doer.account.decided(this.#exchange.decision())
      if (this.#context.gate === null) this.#doer.doStep(step)
      else this.#letThrough(this.#context.gate(this.#doer.id, this.#filledIn(step)))
    } catch (thrown) {
      this.#doer.broken(thrown)
    }
  }

  end(account: Account): Closing {
    try {
      return this.#exchange.end(account, account.endedAtUs)
    } catch (thrown) {
      this.#doer.broken(thrown)
      return nothingToLog
    }
  }

  /** Who stands at the gate sees the head that would pass as it came. */
  #filledIn(step: Step): Step {
    const head = this.#doer.receivedHead
    return 'head' in step && step.head === 'asReceived' && head !== null ? ({ ...step, head } as Step) : step
  }

  #letThrough(gated: Step | Promise<Step>): void {
    if (!(gated instanceof Promise)) return this.#doer.doStep(gated)
    this.heldAtGate = true
    gated
      .then((step) => {
        this.heldAtGate = false
        this.#doer.doStep(step)
      })
      .catch((thrown: unknown) => this.#doer.broken(thrown))
  }
}

/** A site that cannot even begin is told as one that fails at its first step. */
function openExchange(site: Site, arrival: Arrival, head: RequestHead | HeadFault): Exchange {
  try {
    return site.open(arrival, head)
  } catch (thrown) {
    const next = (): never => {
      throw thrown
    }
    return { next, end: () => nothingToLog, decision: () => ({ generation: site.generation, took: [], missed: [], route: -1 }) }
  }
}
