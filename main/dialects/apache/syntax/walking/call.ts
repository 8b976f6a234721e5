import type { ConfigNode } from '../node.js'
import type { Reading } from '../reading/state.js'
import type { Scope } from './scope.js'

/** A directive that is about to take effect. */
export interface CheckCall {
  /** As httpd spells it. */
  readonly name: string
  /** Its words, as many as its kind takes; none where it takes the raw line. */
  readonly words: readonly string[]
  /** The rest of the line, variables filled in. */
  readonly text: string
  readonly node: ConfigNode
  readonly scope: Scope
  readonly reading: Reading
}
/** Null where httpd would go on; else its message. */
export type Check = (call: CheckCall) => string | null

export interface SectionCall extends CheckCall {
  /** Walks what stands inside. */
  readonly walk: (scope: Scope) => void
}
export type Section = (call: SectionCall) => string | null
