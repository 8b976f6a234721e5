import type { Gate } from '../../main/engine/exchange/context.js'
import type { Step } from '../../shared/steps.js'

/** A breakpoint of a script: holds the next step that has a head, and sends it on with a field added. */
export class HeldGate {
  #armed = false
  #held: { readonly step: Step; readonly pass: (step: Step) => void } | null = null
  #onHeld: (() => void) | null = null

  readonly gate: Gate = (_exchange, step) => {
    if (!this.#armed || !('head' in step)) return step
    this.#armed = false
    return new Promise((pass) => {
      this.#held = { step, pass }
      this.#onHeld?.()
    })
  }

  hold(): void {
    this.#armed = true
  }

  /** Where it is armed: a step is held. */
  async reached(): Promise<void> {
    if (this.#armed) await new Promise<void>((resolve) => (this.#onHeld = resolve))
    this.#onHeld = null
  }

  async letGo(adds: readonly string[] = []): Promise<void> {
    await this.reached()
    if (this.#held === null) throw new Error('the gate holds nothing')
    const { step, pass } = this.#held
    this.#held = null
    pass(withFields(step, adds))
  }
}

function withFields(step: Step, adds: readonly string[]): Step {
  if (!('head' in step) || typeof step.head === 'string') return step
  return { ...step, head: { ...step.head, fields: [...step.head.fields, ...adds] } } as Step
}
