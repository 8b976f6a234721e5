import type { Decision, Finding } from '../../../shared/trace.js'
import type { Directive, Tree } from './tree.js'

/** A line that the config was started without, though production may go by it. */
export interface LeftOut {
  readonly directive: Directive
  /** One sentence: what is left out, and that it may decide. */
  readonly says: string
}

/** Sections that hold for some requests; a decision names those that held. Others, as `<RequireAll>`, hold for all. */
const conditional = /^(?:virtualhost|(?:location|directory|files|proxy)(?:match)?|if|elseif|else)$/
/** What belongs to a RewriteRule: it is the rule that decides. */
const ofRules = /^rewrite(?:engine|cond|map|base|options)$/

/**
 * The lines that were left out and may decide here in production: those of the server that answered and of the sections that held, in
 * the order of the files.
 */
export function leftOutFor(tree: Tree, findings: readonly Finding[], { took }: Decision): LeftOut[] {
  const found = findings.filter(({ routing, span }) => routing && span !== null)
  if (found.length === 0) return []
  const held = new Set(took)
  const virtual = took.some((id) => tree.byId[id]?.key === 'virtualhost')
  const inherits = tree.byId.some(({ key, args }) => key === 'rewriteoptions' && args.some((word) => /^inherit/i.test(word)))
  return linesWithin(tree.directives, held).flatMap(({ directive, inVirtual }) => {
    if (ofRules.test(directive.key)) return []
    // Of mod_rewrite, virtual hosts have nothing from the main server unless they ask for it.
    if (directive.key === 'rewriterule' && virtual && !inVirtual && !inherits) return []
    const finding = found.find(({ span }) => isSame(span as Directive['span'], directive.span))
    return finding === undefined ? [] : [{ directive, says: saysOf(directive, finding) }]
  })
}

interface Within {
  readonly directive: Directive
  readonly inVirtual: boolean
}

function linesWithin(directives: readonly Directive[], held: ReadonlySet<number>, inVirtual = false): Within[] {
  return directives.flatMap((directive) => {
    const here = { directive, inVirtual }
    if (conditional.test(directive.key) && !held.has(directive.id)) return [here]
    return [here, ...linesWithin(directive.children, held, inVirtual || directive.key === 'virtualhost')]
  })
}

/** `AllowOverride` itself is in force; what is left out are the files that it lets in. */
function saysOf({ key, span }: Directive, { message }: Finding): string {
  return key.startsWith('allowoverride') ? message : `Line ${span.line} was left out: in production it may decide here.`
}

function isSame(a: Directive['span'], b: Directive['span']): boolean {
  return a.file === b.file && a.line === b.line && a.column === b.column
}
