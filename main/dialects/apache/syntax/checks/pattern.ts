/**
 * Whether PCRE would compile a pattern, decided by ECMAScript's engine after what PCRE alone knows has been put in words
 * that both know. What is left between the two (recursion, conditionals, verbs) counts as fine.
 */
export function compiles(pattern: string): boolean {
  const translated = translate(pattern)
  if (translated === null) return true
  try {
    return new RegExp(translated, 's') instanceof RegExp
  } catch {
    return false
  }
}

/** PCRE only, with nothing alike: callouts, conditions, recursion, subroutine calls, verbs, branch reset. */
const beyond = /\(\?(?:[C(R&|]|P[>=]|[+-]?\d)|\(\*[A-Z]/
const escapes: Readonly<Record<string, string>> = {
  A: '^',
  z: '$',
  Z: '$',
  G: '',
  Q: '',
  E: '',
  h: '[ \\t]',
  H: '\\S',
  R: '\\n',
  K: '',
  a: '\\x07',
  e: '\\x1b',
  X: '.',
  N: '.',
  C: '.'
}
const token =
  /\\Q([\s\S]*?)(?:\\E|$)|\\(?:x\{[0-9a-fA-F]+\}|[gk](?:\{[^}]*\}|<[^>]*>|'[^']*'|[+-]?\d+)|[pP](?:\{[^}]*\}|.)|[\s\S])|\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\]|\(\?(?:P?<(?![=!])\w+>|'\w+'|>|#[^)]*\)|[imsxnJU^-]+[:)])|([*+?}])\+|[\s\S]/g

function translate(pattern: string): string | null {
  if (beyond.test(pattern)) return null
  return pattern.replace(token, (found: string, quoted: string | undefined, quantifier: string | undefined) => {
    if (quoted !== undefined) return quoted.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
    if (quantifier !== undefined) return quantifier
    if (found.startsWith('\\')) return escape(found)
    if (found.startsWith('[') && found.length > 1) return bracket(found)
    return found.startsWith('(?') ? group(found) : found
  })
}
function escape(found: string): string {
  if (found.length > 2) return '.'
  return escapes[found.slice(1)] ?? found
}
function group(found: string): string {
  if (found.startsWith('(?#') || found.endsWith(')')) return ''
  return found.endsWith(':') || found === '(?>' ? '(?:' : '('
}
/** POSIX classes become a letter, a first `]` is plain; ranges stay for the engine to judge. */
function bracket(found: string): string {
  const negated = found.startsWith('[^')
  const inside = found
    .slice(negated ? 2 : 1, -1)
    .replace(/\[:\^?\w+:\]/g, 'a')
    .replace(/^\]/, '\\]')
  const plain = inside.replace(/\\[hHRNXpPgkC](?:\{[^}]*\})?/g, 'a').replace(/(\\[dDwWsS])-|-(\\[dDwWsS])/g, '$1\\-$2')
  return `[${negated ? '^' : ''}${plain}]`
}
