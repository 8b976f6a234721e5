import type { ExchangeDetail, HeadRecord } from '../../../../shared/rows.js'

/** The four heads of an exchange, each the last of its kind: a request is sent on once for each attempt, and a 101 or 200 follows a 100. */
export interface Heads {
  readonly clientSent: HeadRecord | null
  readonly backendReceived: HeadRecord | null
  readonly backendAnswered: HeadRecord | null
  readonly clientReceived: HeadRecord | null
}

export function headsOf({ heads }: Pick<ExchangeDetail, 'heads'>): Heads {
  const last = (from: 'client' | 'server', stage: 'in' | 'out'): HeadRecord | null =>
    heads.findLast((head) => head.from === from && head.stage === stage) ?? null
  return {
    clientSent: last('client', 'in'),
    backendReceived: last('client', 'out'),
    backendAnswered: last('server', 'in'),
    clientReceived: last('server', 'out')
  }
}
