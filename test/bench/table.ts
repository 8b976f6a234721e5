import type { Measured } from './load.js'
import type { Scenario } from './scenarios.js'

/** One measurement of one proxy in one round. */
export interface Run extends Measured {
  readonly round: number
  readonly proxy: string
  readonly scenario: string
  /** Of what passed, 0 to 1; null: nothing was to be recorded. */
  readonly recorded: number | null
}

export interface Spread {
  readonly low: number
  readonly median: number
  readonly high: number
}

function spread(values: readonly number[]): Spread | null {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number
  return sorted.length === 0 ? null : { low: at(0), median: at(0.5), high: at(1) }
}

/** CPU per unit of a proxy over the base's in the same round: what a machine's mood cancels out of. */
export function ratios(runs: readonly Run[], scenario: string, proxy: string, base: string): Spread | null {
  const of = (name: string, round: number) =>
    runs.find((run) => run.proxy === name && run.scenario === scenario && run.round === round)?.cpuNsPerUnit
  const rounds = [...new Set(runs.map((run) => run.round))]
  return spread(rounds.flatMap((round) => [(of(proxy, round) ?? NaN) / (of(base, round) ?? NaN)]).filter(Number.isFinite))
}

/** How a unit's CPU is written: by message and the like in µs, by byte in s/GB, which is ns. */
const scales = { message: ['µs/message', 1e-3], request: ['µs/request', 1e-3], connection: ['µs/cycle', 1e-3], byte: ['s/GB', 1] } as const

/** A Markdown table a scenario: CPU per unit, its ratio to the base, rate and latency; medians over the rounds. */
export function table(runs: readonly Run[], scenarios: readonly Scenario[], base: string): string {
  return scenarios.map((scenario) => scenarioTable(runs, scenario, base)).join('\n')
}

function scenarioTable(runs: readonly Run[], { name, unit, limit }: Scenario, base: string): string {
  const [words, scale] = scales[unit]
  const proxies = [...new Set(runs.filter((run) => run.scenario === name).map((run) => run.proxy))].sort()
  const rows = proxies.map((proxy) => {
    const own = runs.filter((run) => run.scenario === name && run.proxy === proxy)
    const median = (of: (run: Run) => number) => spread(own.map(of))?.median ?? NaN
    const ratio = ratios(runs, name, proxy, base)
    const range = ratio ? `**${ratio.median.toFixed(2)}×** (${ratio.low.toFixed(2)}-${ratio.high.toFixed(2)})` : '–'
    const cells = [
      (median((run) => run.cpuNsPerUnit) * scale).toFixed(2),
      range,
      Math.round(median((run) => run.unitsPerSecond)),
      latency(median((run) => run.p50Us)),
      latency(median((run) => run.p99Us)),
      share(own)
    ]
    return `| ${[proxy, ...cells].join(' | ')} |`
  })
  const title = `### ${name}${limit === null ? '' : ` (limit ${limit}×)`}`
  return [
    title,
    '',
    `| proxy | CPU ${words} | CPU vs ${base} | units/s | p50 µs | p99 µs | recorded |`,
    '|---|---:|---:|---:|---:|---:|---:|',
    ...rows,
    ''
  ].join('\n')
}

/** Streams have none. */
const latency = (us: number) => (us > 0 ? us.toFixed(0) : '–')

/** The worst of the rounds. */
export function leastRecorded(runs: readonly Run[]): number | null {
  const shares = runs.flatMap(({ recorded }) => (recorded === null ? [] : [recorded]))
  return shares.length === 0 ? null : Math.min(...shares)
}

function share(runs: readonly Run[]): string {
  const least = leastRecorded(runs)
  return least === null ? '–' : `${(least * 100).toFixed(1)} %`
}
