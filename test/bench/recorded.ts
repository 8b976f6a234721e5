import { SqlDatabase } from '../../main/capture/store/sqlite.js'
import { pause } from '../oracle/loopback.js'
import type { LoadResult, Scenario } from './scenarios.js'

/** What a capture has, and what it says that it missed. */
export interface Recorded {
  readonly exchanges: number
  readonly frames: number
  readonly bytes: number
  readonly missedBytes: number
}

const settleMs = 300
const patienceMs = 20_000

/** What stands in a capture once its writer has worked off what came: nothing more for a while. Throws when that takes too long. */
export async function settledRecord(file: string): Promise<Recorded> {
  const until = Date.now() + patienceMs
  for (let before = recordIn(file); Date.now() < until;) {
    await pause(settleMs)
    const now = recordIn(file)
    if (JSON.stringify(now) === JSON.stringify(before)) return now
    before = now
  }
  throw new Error(`${file} is still written ${patienceMs} ms after the load ended.`)
}

function recordIn(file: string): Recorded {
  const database = new SqlDatabase(file)
  try {
    const sum = (sql: string): number => Number(database.prepare(sql).first()?.[0] ?? 0)
    return {
      exchanges: sum('SELECT count(*) FROM exchanges'),
      frames: sum('SELECT sum(count) FROM runs'),
      bytes: sum('SELECT sum(bytes_client + bytes_server) FROM exchanges'),
      missedBytes: sum('SELECT sum(missed_bytes) FROM exchanges')
    }
  } finally {
    database.close()
  }
}

/** How much of the load of one measurement was recorded, 0 to 1: by the load generator's own count where it has one. */
export function recordedShare({ unit }: Scenario, { msgs, done }: LoadResult, before: Recorded, after: Recorded): number {
  const more = (name: keyof Recorded): number => after[name] - before[name]
  // A round trip is two frames. What was in flight at the end is recorded and not counted.
  if (unit === 'message') return Math.min(1, more('frames') / (2 * msgs))
  if (unit === 'request') return Math.min(1, more('exchanges') / msgs)
  if (unit === 'connection') return Math.min(1, more('exchanges') / done)
  return 1 - more('missedBytes') / more('bytes')
}
