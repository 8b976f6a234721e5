import { LineReader, type LogicalLine } from '../lines.js'
import type { Span } from '../../../../../shared/trace.js'

interface Layer {
  readonly name: string
  next(): LogicalLine | null
}

/**
 * What is being read: a file, and on top of it the macros that are being used in it. At the end of a macro's lines reading
 * goes on below it, as httpd does by exchanging its config_file.
 */
export class Input {
  readonly #layers: Layer[]

  constructor(file: string, text: string) {
    const reader = new LineReader(file, text)
    this.#layers = [{ name: file, next: () => reader.next() }]
  }

  /** The file, or `macro 'x' (…) used on line …`: how httpd detects a macro that uses itself. */
  get name(): string {
    return this.#layers.at(-1)?.name ?? ''
  }

  next(): LogicalLine | null {
    for (;;) {
      const line = this.#layers.at(-1)?.next() ?? null
      if (line !== null || this.#layers.length === 1) return line
      this.#layers.pop()
    }
  }

  /** Reads these lines first. Each keeps the place where the macro's author wrote it. */
  insert(name: string, lines: readonly { readonly text: string; readonly span: Span }[]): void {
    let at = 0
    const next = () => {
      const line = lines[at++]
      return line === undefined ? null : { ...line, text: line.text.trim(), tooLong: false }
    }
    this.#layers.push({ name, next })
  }
}
