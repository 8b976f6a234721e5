import { asSwitchyardError, errorCodes } from '../../shared/errors.js'
import type { Finding } from '../../shared/trace.js'

/** Says an error on standard error: what failed, then what to do. @returns the exit code. */
export function sayError(thrown: unknown, json: boolean): number {
  const error = asSwitchyardError(thrown)
  if (json) process.stderr.write(`${JSON.stringify({ event: 'error', ...error.toPlain() })}\n`)
  else process.stderr.write(`switchyard: ${error.message}\n${error.hint === undefined ? '' : `  ${error.hint}\n`}`)
  if (error.code === 'internal' && process.env['SWITCHYARD_DEBUG'] !== undefined)
    process.stderr.write(`${String((error.cause as Error | undefined)?.stack)}\n`)
  return errorCodes[error.code]
}

/** `1 error`, `2 errors`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

/** One line a finding, as compilers write them: `file:line:column: severity: message [code]`. */
export function findingText({ span, severity, message, hint, code }: Finding): string {
  const at = span === null ? '' : `${span.file}:${span.line}:${span.column}: `
  return `${at}${severity === 'info' ? 'note' : severity}: ${message} [${code}]${hint === undefined ? '' : `\n    ${hint}`}`
}
