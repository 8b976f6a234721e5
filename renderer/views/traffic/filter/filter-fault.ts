import type { PlainError } from '../../../../shared/errors.js'

/** What is wrong with a filter, and which of its chars. */
export interface ShownFault {
  readonly message: string
  readonly hint: string | undefined
  readonly start: number
  readonly end: number
}

/**
 * The host says the place in words, for those who cannot see it underlined: `The filter is wrong at 1: "foo". There is no
 * field foo.` Where it is underlined, the second sentence is enough.
 */
export function shownFault({ message, hint }: PlainError): ShownFault {
  const [whole, at, quoted] = /^The filter is wrong at (\d+): ("(?:[^"\\]|\\.)*")\. /.exec(message) ?? []
  if (whole === undefined || at === undefined || quoted === undefined) return { message, hint, start: 0, end: 0 }
  const start = Number(at) - 1
  return { message: message.slice(whole.length), hint, start, end: start + (JSON.parse(quoted) as string).length }
}
