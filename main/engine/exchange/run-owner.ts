import type { Persist } from '../../../shared/steps.js'
import type { Deadline } from '../deadlines.js'
import type { Wire } from '../wire/wire.js'
import type { StallWatch } from './stall-watch.js'

/** The connection that a run speaks through. */
export interface RunOwner {
  readonly wire: Wire
  /** The connection's own; free for the run while that goes on. */
  readonly deadline: Deadline
  readonly stall: StallWatch
  /** The request body wants bytes that are held. */
  pump(): void
  /** What came too early and was held, for a tunnel. */
  takeHeld(): Buffer | null
  readonly heldBytes: number
  /** Reads no more of the client, or again. */
  holdBack(heldBack: boolean): void
  readonly heldBack: boolean
  /** The client's FIN was seen. */
  readonly clientEnded: boolean
  exchangeOver(persist: Persist, how: 'answered' | 'tunnelled' | 'fin' | 'rst' | 'silent'): void
}
