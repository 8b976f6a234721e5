import { asSwitchyardError, errorCodes } from '../../shared/errors.js'

/**
 * Everything that people read goes out here, a line each: names, messages and texts of others come along in it, and what of
 * them a terminal would obey (C0, DEL and C1: ECMA-48 §5) is written out instead. JSON does not pass here.
 */
export function printLines(to: NodeJS.WritableStream, lines: readonly string[]): void {
  if (lines.length > 0) to.write(lines.map((line) => `${escaped(line)}\n`).join(''))
}

const short: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' }
const controls = /\p{Cc}/gu

/** Control characters as `\n` or `\x1b`, all else as it is. */
export function escaped(text: string): string {
  return text.replace(controls, (char) => short[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

/** Says an error on standard error: what failed, then what to do. @returns the exit code. */
export function sayError(thrown: unknown, json: boolean): number {
  const error = asSwitchyardError(thrown)
  if (json) process.stderr.write(`${JSON.stringify({ event: 'error', ...error.toPlain() })}\n`)
  else printLines(process.stderr, [`switchyard: ${error.message}`, ...(error.hint === undefined ? [] : [`  ${error.hint}`])])
  if (error.code === 'internal' && process.env['SWITCHYARD_DEBUG'] !== undefined)
    printLines(process.stderr, String((error.cause as Error | undefined)?.stack).split('\n'))
  return errorCodes[error.code]
}

/** `1 error`, `2 errors`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
