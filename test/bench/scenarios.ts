/** One kind of work, as the load generator's arguments, and what counts as a unit of it. */
export interface Scenario {
  readonly name: string
  readonly args: readonly (string | number)[]
  readonly unit: 'message' | 'request' | 'byte' | 'connection'
  readonly tls: boolean
  /** The gate: CPU per unit at most so many times nginx's; null where it is only reported. */
  readonly limit: number | null
}

const endless = 1e8
const frame64k = ['-s', 65_536, '-c', 4, '-n', endless, '-d', 1]

export const scenarios: readonly Scenario[] = [
  { name: 'pingpong-64', args: ['-m', 'pingpong', '-c', 64, '-n', endless, '-d', 1], unit: 'message', tls: false, limit: 2 },
  { name: 'tls-pingpong-64', args: ['-m', 'pingpong', '-c', 64, '-n', endless, '-d', 1, '-T'], unit: 'message', tls: true, limit: 2.5 },
  { name: 'http-get', args: ['-m', 'http', '-c', 32, '-n', endless, '-d', 1], unit: 'request', tls: false, limit: 2 },
  { name: 'down-64k', args: ['-m', 'blast', ...frame64k], unit: 'byte', tls: false, limit: 1.2 },
  { name: 'up-64k', args: ['-m', 'sink', ...frame64k], unit: 'byte', tls: false, limit: 1.2 },
  { name: 'tls-down-64k', args: ['-m', 'blast', ...frame64k, '-T'], unit: 'byte', tls: true, limit: 1.2 },
  { name: 'tls-up-64k', args: ['-m', 'sink', ...frame64k, '-T'], unit: 'byte', tls: true, limit: 1.2 },
  { name: 'churn', args: ['-m', 'churn', '-c', 32, '-n', 2000, '-d', 2], unit: 'connection', tls: false, limit: null },
  { name: 'churn-tls', args: ['-m', 'churn', '-c', 32, '-n', 1500, '-d', 2, '-T'], unit: 'connection', tls: true, limit: null }
]

/** The load generator's last line. */
export interface LoadResult {
  readonly secs: number
  readonly msgs: number
  readonly rxbytes: number
  readonly done: number
  readonly p50us: number
  readonly p99us: number
  readonly errors: number
}

export function unitsOf({ unit, args }: Scenario, result: LoadResult): number {
  if (unit === 'connection') return result.done
  if (unit !== 'byte') return result.msgs
  return args.includes('blast') ? result.rxbytes : result.msgs * 65_536
}
