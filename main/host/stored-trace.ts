import type { ConfigNote } from '../../shared/records.js'
import type { Decision, Trace, TraceLine } from '../../shared/trace.js'

/**
 * A trace of a config that is not loaded (any more): which directives took part stands in the capture, what each of them
 * did is known only to the site that decided.
 */
export function storedTrace(decision: Decision, config: ConfigNote): Trace {
  return {
    decision,
    lines: [...linesOf('applied', decision.took, config), ...linesOf('missed', decision.missed, config)]
  }
}

function linesOf(verdict: 'applied' | 'missed', ids: readonly number[], { directives }: ConfigNote): TraceLine[] {
  const says = verdict === 'applied' ? 'Took part.' : 'Stood on the way and did not apply.'
  return ids.flatMap((id) => {
    const directive = directives[id]
    if (directive === undefined) return []
    const { text, file, line } = directive
    return [{ verdict, directive: text, span: { file, line, column: 1, endLine: line, endColumn: text.length + 1 }, says }]
  })
}
