/** What isspace() of C's locale takes for blank. */
const blank = /[\t-\r ]/
const notBlank = /[^\t-\r ]/g
const blanks = /[\t-\r ]|$/g

export interface Word {
  readonly word: string
  /** What follows, blanks skipped. */
  readonly rest: string
}

/**
 * The next word as ap_getword_conf reads it: quoted by `"` or `'` (in which a backslash escapes that quote and itself), or
 * up to the next blank (in which `\\` is one backslash). A quote that never ends takes the rest. No word: an empty one.
 */
export function nextWord(line: string): Word {
  const start = skipBlanks(line, 0)
  const quote = line[start]
  if (quote === undefined) return { word: '', rest: '' }
  if (quote === '"' || quote === "'") return quotedWord(line, start, quote)
  blanks.lastIndex = start
  const end = blanks.exec(line)?.index ?? line.length
  return { word: unescape(line.slice(start, end), ''), rest: line.slice(skipBlanks(line, end)) }
}

/** Every word of a line. Empty quoted words count. */
export function allWords(line: string): readonly string[] {
  const found: string[] = []
  let rest = line.slice(skipBlanks(line, 0))
  while (rest !== '') {
    const next = nextWord(rest)
    found.push(next.word)
    rest = next.rest
  }
  return found
}

function quotedWord(line: string, start: number, quote: string): Word {
  let end = start + 1
  while (end < line.length && line[end] !== quote) end += line[end] === '\\' && (line[end + 1] === quote || line[end + 1] === '\\') ? 2 : 1
  end = Math.min(end, line.length)
  return { word: unescape(line.slice(start + 1, end), quote), rest: line.slice(skipBlanks(line, Math.min(end + 1, line.length))) }
}

function unescape(text: string, quote: string): string {
  if (!text.includes('\\')) return text
  return quote === '' ? text.replaceAll('\\\\', '\\') : text.replace(quote === '"' ? /\\([\\"])/g : /\\([\\'])/g, '$1')
}

function skipBlanks(line: string, from: number): number {
  notBlank.lastIndex = from
  return notBlank.exec(line)?.index ?? line.length
}

/** Whether a char is one that httpd takes for blank. */
export function isBlank(char: string): boolean {
  return blank.test(char)
}
