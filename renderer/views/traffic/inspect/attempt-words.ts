import type { ExchangeDetail } from '../../../../shared/rows.js'

/** A try at an origin that came to nothing. */
export interface FailedAttempt {
  readonly address: string
  readonly cause: string
  readonly message: string
}

/** Failed tries, in order: notes are read with care, since an older capture may have written other ones. */
export function failedAttempts(attempts: ExchangeDetail['attempts']): FailedAttempt[] {
  return attempts.flatMap(({ note }) => {
    if (typeof note !== 'object' || note === null) return []
    const cause = word(note, 'cause')
    const address = word(note, 'address') || word(note, 'host')
    return cause === '' ? [] : [{ address, cause, message: word(note, 'message') }]
  })
}
function word(note: object, name: string): string {
  const value: unknown = (note as Readonly<Record<string, unknown>>)[name]
  return typeof value === 'string' ? value : ''
}
