import type { Counts } from '../../shared/contract.js'

export const ratePoints = 60

/** Bytes a second each way, the newest last. */
export interface Rates {
  readonly client: readonly number[]
  readonly server: readonly number[]
}
export const noRates: Rates = { client: [], server: [] }

/** One more point, of the counts now and those that the last point was made of. Counts that went back are of a new engine: nothing. */
export function addRate(rates: Rates, before: Counts, now: Counts, seconds: number): Rates {
  const point = (from: number, to: number): number => (to >= from && seconds > 0 ? (to - from) / seconds : 0)
  return {
    client: [...rates.client, point(before.bytesFromClients, now.bytesFromClients)].slice(-ratePoints),
    server: [...rates.server, point(before.bytesToClients, now.bytesToClients)].slice(-ratePoints)
  }
}
