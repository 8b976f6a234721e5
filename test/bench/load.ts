import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { cpuBetween, sampleCpu } from './process-cpu.js'
import { unitsOf, type LoadResult, type Scenario } from './scenarios.js'

export interface Measured {
  readonly cpuNsPerUnit: number
  readonly unitsPerSecond: number
  readonly units: number
  readonly p50Us: number
  readonly p99Us: number
  readonly errors: number
  /** The load generator's own count. */
  readonly result: LoadResult
}

const limitMs = 30_000

/**
 * Plays one scenario against a proxy, and takes the CPU of process `pid` from the moment that all connections are open to the result.
 * `seconds` shortens it, for a warm-up. Throws when no unit of work was done.
 */
export async function measure(loadgen: string, scenario: Scenario, port: number, pid: number, seconds?: number): Promise<Measured> {
  const args = [...scenario.args, '-p', port, ...(seconds === undefined ? [] : ['-d', seconds])].map(String)
  const child = spawn(loadgen, args, { stdio: ['pipe', 'pipe', 'inherit'], timeout: limitMs })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const nextLine = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${scenario.name}: the load generator ended early`)
    return value
  }
  try {
    const ready = await nextLine()
    if (ready !== 'READY') throw new Error(`${scenario.name}: ${ready}`)
    const before = sampleCpu(pid)
    child.stdin.write('GO\n')
    const result = JSON.parse(await nextLine()) as LoadResult
    return asMeasured(scenario, result, cpuBetween(before, sampleCpu(pid)))
  } finally {
    child.stdin.end('BYE\n')
  }
}

function asMeasured(scenario: Scenario, result: LoadResult, cpuS: number): Measured {
  const units = unitsOf(scenario, result)
  if (units === 0) throw new Error(`${scenario.name}: no unit of work was done`)
  return {
    cpuNsPerUnit: (cpuS / units) * 1e9,
    unitsPerSecond: units / result.secs,
    units,
    p50Us: result.p50us,
    p99Us: result.p99us,
    errors: result.errors,
    result
  }
}
