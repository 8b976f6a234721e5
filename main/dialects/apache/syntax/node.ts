import type { Span } from '../../../../shared/trace.js'

/** A directive while the config is read: what httpd's ap_directive_t is. */
export interface ConfigNode {
  /** As written, `<` kept, a closing `>` dropped. */
  readonly name: string
  /** As httpd spells it, where it knows it. */
  readonly spelling: string
  readonly key: string
  /** The rest of the line, variables filled in. A section without arguments has `>`. */
  readonly rest: string
  readonly span: Span
  parent: ConfigNode | null
  readonly children: ConfigNode[]
  readonly section: boolean
}
