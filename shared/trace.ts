/** A place in a config file. Lines and columns count from 1; `endColumn` is one past the last char. */
export interface Span {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

/** Something worth saying about a config, located where it stands (STYLE: expected outcomes are values). */
export interface Finding {
  /** Stable, kebab case: `unsupported-directive`, `certificate-missing`, … */
  readonly code: string
  readonly severity: 'error' | 'warning' | 'info'
  readonly message: string
  readonly hint?: string
  readonly span: Span | null
  /** True where what is not modelled changes routing: stops the start unless lenient. */
  readonly routing: boolean
}

/** The code of a finding about a directive that nothing on the wire depends on: there may be dozens of them, and each says only that. */
export const noEffect = 'no-effect-directive'

/**
 * Which directives decided an exchange: ids into the site's own list. A few numbers, kept with the exchange in the
 * capture; {@link Trace} is made of it when somebody looks.
 */
export interface Decision {
  readonly generation: number
  /** Directives that took part, in the order they acted. */
  readonly took: readonly number[]
  /** Directives that stood on the way and did not apply (a condition that failed, a prefix that did not match). */
  readonly missed: readonly number[]
  /** The directive that says where the request goes: the one of a list's Route column; -1: none did. */
  readonly route: number
}

export interface TraceLine {
  /** `leftOut`: the config was started without it; in production it may decide. */
  readonly verdict: 'applied' | 'missed' | 'leftOut' | 'default' | 'note'
  /** The directive as written, or `default of mod_proxy` and the like where no line stands for it. */
  readonly directive: string
  readonly span: Span | null
  /** One sentence: what it did, or why it did not. */
  readonly says: string
}

export interface Trace {
  readonly decision: Decision
  readonly lines: readonly TraceLine[]
}
