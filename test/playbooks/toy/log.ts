import type { HeadFault, RequestHead } from '../../../shared/heads.js'
import type { Arrival } from '../../../shared/site.js'
import type { Account, Attempt } from '../../../shared/steps.js'

/** A log line with all that servers' log formats can name: bytes, times, and the address, status and time of each attempt. */
export function logLine(arrival: Arrival, head: RequestHead | HeadFault, account: Account): string {
  const request = 'fault' in head ? (head.method ?? '-') : `${head.method} ${head.target} ${head.version}`
  const bytes = `in=${account.requestBytes} out=${account.responseBytes} body=${account.responseBodyBytes ?? '-'}`
  const attempts = account.attempts.map(attemptText).join(', ')
  return `${arrival.client.address} "${request}" ${account.status} ${bytes} ${ms(account.startedAtUs, account.endedAtUs)} [${attempts}] ${account.ended}`
}

/** As nginx writes them: `-` for a time that an attempt never came to. */
function attemptText(attempt: Attempt): string {
  const times = [attempt.connectedAtUs, attempt.headAtUs, attempt.endedAtUs ?? 0].map((at) =>
    at === 0 ? '-' : ms(attempt.startedAtUs, at)
  )
  return `${attempt.address} ${attempt.status} ${times.join('/')}`
}

function ms(fromUs: number, toUs: number): string {
  return `${Math.round((toUs - fromUs) / 1000)}ms`
}
