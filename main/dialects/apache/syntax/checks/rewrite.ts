import type { Check } from '../walking/call.js'
import { allWords } from '../words.js'
import { expressionError } from './expression.js'
import { missingPath } from './files.js'
import { atoi } from './numbers.js'
import { compiles } from './pattern.js'
import { hasReason } from './status.js'

/** mod_rewrite's own words: quoted, or up to a blank without a backslash before it; backslashes stay. */
function argumentLine(text: string): readonly [string, string, string | null] | null {
  const first = argument(text, 0)
  if (first.end >= text.length) return null
  const second = argument(text, first.end + 1)
  const third = second.end >= text.length ? '' : text.slice(second.end + 1).trimStart()
  return [first.word, second.word, third === '' ? null : argument(third, 0).word]
}
function argument(text: string, from: number): { word: string; end: number } {
  let start = from
  while (/[\t-\r ]/.test(text[start] ?? '')) start++
  const quote = /["']/.test(text[start] ?? '') ? text[start++] : undefined
  let end = start
  while (end < text.length && !(quote === undefined ? /[\t-\r ]/.test(text[end] ?? '') : text[end] === quote)) {
    end += text[end] === '\\' && /[\t-\r ]/.test(text[end + 1] ?? '') ? 2 : 1
  }
  end = Math.min(end, text.length)
  return { word: text.slice(start, end), end }
}

/** Flags in brackets, each judged; what is left behind the last comma too. */
function flagsError(field: string, judge: (key: string, value: string) => string | null): string | null {
  if (!field.startsWith('[') || !field.endsWith(']') || field.length < 2) return 'bad flag delimiters'
  for (const flag of field.slice(1, -1).split(',')) {
    const trimmed = flag.trim()
    const [, key = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(trimmed) ?? []
    const wrong = judge(key, value)
    if (wrong !== null) return wrong
  }
  return null
}

const conditionFlags = /^(nocase|nc|ornext|or|novary|nv)$/i
const ruleFlags =
  /^(b|backrefescaping|bnp|backrefernoplus|bctls|bne|c|chain|co|cookie|d.*|e|env|end|f|forbidden|g|gone|h|handler|l|last|ne|noescape|n|next|ns|nosubreq|nc|nocase|p|proxy|pt|passthrough|qsa|qsappend|qsd|qsdiscard|qsl|qslast|r|redirect|s|skip|t|type|unsafeprefixstat|unsafeallow3f|unc)$/i

function ruleFlagError(key: string, value: string): string | null {
  if (!ruleFlags.test(key)) return `unknown flag '${key}'`
  if (/^bne$/i.test(key) && value === '') return "flag 'BNE' wants a list of characters (i.e. [BNE=...])"
  if (!/^(r|redirect)$/i.test(key) || !/^\d/.test(value)) return null
  return hasReason(atoi(value)) ? null : `invalid HTTP response code '${value}' for flag 'R'`
}

const rewriteRule: Check = ({ text }) => {
  const words = argumentLine(text)
  if (words === null) return `RewriteRule: bad argument line '${text.trim()}'`
  const [pattern, , flags] = words
  const wrong = flags === null ? null : flagsError(flags, ruleFlagError)
  if (wrong !== null) return `RewriteRule: ${wrong}`
  const positive = pattern.replace(/^!/, '')
  return compiles(positive) ? null : `RewriteRule: cannot compile regular expression '${positive}'`
}

const rewriteCond: Check = ({ text }) => {
  const words = argumentLine(text)
  if (words === null) return `RewriteCond: bad argument line '${text.trim()}'`
  const [input, pattern, flags] = words
  const wrong = flags === null ? null : flagsError(flags, (key) => (conditionFlags.test(key) ? null : `unknown flag '${key}'`))
  if (wrong !== null) return `RewriteCond: ${wrong}`
  const positive = pattern.replace(/^!/, '')
  if (input.toLowerCase() === 'expr') {
    const bad = expressionError(positive)
    return bad === null ? null : `RewriteCond: cannot compile expression "${positive}": ${bad}`
  }
  return isComparison(positive) || compiles(positive) ? null : `RewriteCond: cannot compile regular expression '${positive}'`
}
/** A test of files or numbers, or of order; all else is a pattern. */
function isComparison(pattern: string): boolean {
  return /^-[fsdxhlLUF]$|^-(lt|le|gt|ge|eq|ne)./s.test(pattern) || (pattern.length > 1 && /^[<>=]/.test(pattern))
}

const rewriteMap: Check = (call) => {
  const [name = '', map = ''] = call.words
  const [, kind = '', rest = ''] = /^(txt|rnd|prg|int|dbd|fastdbd|dbm(?:=[^:]*)?):(.*)$/is.exec(map) ?? []
  const lower = kind.toLowerCase()
  if (lower === 'int') return /^(tolower|toupper|escape|unescape)$/.test(rest) ? null : `RewriteMap: internal map not found:${rest}`
  if (lower.endsWith('dbd')) return call.reading.modules.has('dbd_module') ? null : 'RewriteMap types dbd and fastdbd require mod_dbd!'
  if (/^dbm/i.test(map) && lower === '') return `RewriteMap: bad map:${map}`
  if (lower.startsWith('dbm')) return null
  const path = call.reading.path(lower === 'prg' ? (allWords(rest)[0] ?? '') : lower === '' ? map : rest)
  return call.reading.host.stat(path) === 'missing' ? missingPath(call, `RewriteMap: file for map ${name} not found:${path}`) : null
}

const rewriteOptions =
  /^(inherit|inheritbefore|inheritdown|inheritdownbefore|ignoreinherit|allownoslash|maxredirects=.*|allowanyuri|mergebase|ignorecontextinfo|legacyprefixdocroot|unsafeprefixstat|longurloptimization)$/i
const options: Check = ({ text }) => {
  const unknown = allWords(text).find((word) => !rewriteOptions.test(word))
  return unknown === undefined ? null : `RewriteOptions: unknown option '${unknown}'`
}

const rewriteBase: Check = ({ words: [word = ''], scope }) => {
  if (!scope.perRequest) return 'RewriteBase: only valid in per-directory config files'
  return word.startsWith('/') ? null : 'RewriteBase: argument is not a valid URL'
}

export const rewrite: readonly (readonly [string, Check])[] = [
  ['rewriterule', rewriteRule],
  ['rewritecond', rewriteCond],
  ['rewritemap', rewriteMap],
  ['rewriteoptions', options],
  ['rewritebase', rewriteBase]
]
