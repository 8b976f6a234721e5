/**
 * A pattern of PCRE as a RegExp, or null where this engine has no equal. Options at the start (`(?i)`, `(?i-s)`) become
 * flags; `\A`, `\z`, `\Z`, `\h` and possessive classes are put into words that both know. Strings are latin1.
 */
export function fromPcre(pattern: string, options: { ignoreCase?: boolean } = {}): RegExp | null {
  let flags = options.ignoreCase === true ? 'i' : ''
  const inline = /^\(\?([ismx]+)\)/.exec(pattern)
  if (inline !== null) {
    if (inline[1]?.includes('x') === true) return null
    for (const flag of inline[1] as string) if (!flags.includes(flag)) flags += flag
    pattern = pattern.slice(inline[0].length)
  }
  try {
    return new RegExp(rewritten(pattern), flags)
  } catch {
    return null
  }
}

const words: Readonly<Record<string, string>> = {
  A: '^',
  z: '$',
  Z: '$',
  h: '[ \\t]',
  H: '[^ \\t]',
  R: '(?:\\r\\n|\\n|\\r)',
  e: '\\x1b',
  a: '\\x07'
}
const classes: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  digit: '0-9',
  xdigit: 'A-Fa-f0-9',
  lower: 'a-z',
  upper: 'A-Z',
  space: '\\s',
  punct: '!-\\/:-@\\[-`{-~',
  word: '\\w',
  print: ' -~',
  graph: '!-~',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f'
}

function rewritten(pattern: string): string {
  return pattern
    .replace(/\\(.)/gs, (whole, c: string) => words[c] ?? whole)
    .replace(/\[:(\w+):\]/g, (whole, name: string) => classes[name] ?? whole)
    .replace(/\(\?P</g, '(?<')
    .replace(/\(\?i:/g, '(?i:')
}

/** A substitution as httpd fills it in (ap_pregsub): `$0`…`$9`; a backslash makes the next char an ordinary one. */
export function substitute(template: string, match: readonly (string | undefined)[]): string {
  if (!template.includes('$') && !template.includes('\\')) return template
  return template.replace(
    /\\([^])|\$([0-9])/g,
    (_, escaped: string | undefined, digit: string | undefined) => escaped ?? match[Number(digit)] ?? ''
  )
}
