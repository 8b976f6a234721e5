import type { Span } from '../../../../shared/trace.js'

/** httpd's VARBUF_MAX_LEN: the longest logical line of a server config, in bytes. */
export const maxLineBytes = 16 * 1024 * 1024

/** A logical line: continuations joined, blanks around it trimmed. */
export interface LogicalLine {
  readonly text: string
  /** From the first char that is not blank to the end of the last physical line. `endLine` is the line httpd names in its errors. */
  readonly span: Span
  /** Longer than {@link maxLineBytes}: httpd reads no further. */
  readonly tooLong: boolean
}

const lineFeed = 10
const blankEnds = /^[\t-\r ]+|[\t-\r ]+$/g
const blankStart = /^[\t\v\f\r ]*/

/**
 * Reads a file as ap_cfg_getline does. A backslash right before the line's end (LF or CRLF) joins the next line to it, in
 * comments too; a NUL hides the rest of its physical line.
 */
export class LineReader {
  readonly file: string
  readonly #text: string
  #at = 0
  #line = 0

  constructor(file: string, text: string) {
    this.file = file
    this.#text = text
  }

  next(): LogicalLine | null {
    if (this.#at >= this.#text.length) return null
    const firstLine = this.#line + 1
    const parts: string[] = []
    let bytes = 0
    let physical = ''
    let joined = true
    while (joined && this.#at < this.#text.length) {
      physical = this.#physicalLine()
      joined = /\\\r?\n$/.test(physical)
      const part = joined ? physical.replace(/\\\r?\n$/, '') : physical
      bytes += part.length
      parts.push(part)
    }
    // httpd counts the line that it looked for behind a last continuation.
    if (joined) {
      this.#line++
      physical = ''
    }
    return this.#logicalLine(parts, firstLine, physical, bytes)
  }

  #physicalLine(): string {
    const feed = this.#text.indexOf('\n', this.#at)
    const end = feed === -1 ? this.#text.length : feed + 1
    const line = this.#text.slice(this.#at, end)
    this.#at = end
    this.#line++
    const nul = line.indexOf('\0')
    return nul === -1 ? line : line.slice(0, nul)
  }

  #logicalLine(parts: readonly string[], firstLine: number, last: string, bytes: number): LogicalLine {
    const blankParts = parts.findIndex((part) => part.trim() !== '')
    const skipped = Math.max(blankParts, 0)
    const column = (blankStart.exec(parts[skipped] ?? '')?.[0].length ?? 0) + 1
    const endColumn = last.charCodeAt(last.length - 1) === lineFeed ? last.replace(/\r?\n$/, '').length + 1 : last.length + 1
    const span = { file: this.file, line: firstLine + skipped, column, endLine: this.#line, endColumn }
    return { text: parts.join('').replace(blankEnds, ''), span, tooLong: bytes > maxLineBytes }
  }
}
