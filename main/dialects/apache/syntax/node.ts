import type { Span } from '../../../../shared/trace.js'

/** A directive while the config is read: what httpd's ap_directive_t is. Its variables are filled in later, when it is walked. */
export interface ConfigNode {
  /** As written, `<` kept, a closing `>` dropped. */
  readonly name: string
  readonly key: string
  /** The rest of the line, raw. A section without arguments has `>`. */
  readonly rest: string
  readonly span: Span
  parent: ConfigNode | null
  readonly children: ConfigNode[]
  readonly section: boolean
}
