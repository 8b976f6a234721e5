import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { caseIds, readCase } from './case.js'
import { caseDifferences, type Difference } from './differences.js'
import { Workshop, type Observation } from './observe.js'
import { realServer, switchyard, type ProxyKind } from './proxies.js'

const usage = `How a proxy does on the oracle's cases, compared with what the real servers did.
  node test/oracle/report.mjs --cases 'apache/*' [--cases …] [--real] [--live] [--jobs 2] [--quiet] [--cosmetic] [--json]
    --real    observe the real server instead of Switchyard (is the recording still true?)
    --live    compare with the real server, run now, instead of with the recording
    --quiet   a line a case, without the differences     --cosmetic   list those as well that nobody can tell`

/** Path of the observation that was recorded of the real server. */
export function recorded(id: string): Observation {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'observed', `${id}.json`), 'utf8')) as Observation
}

/** Whether a difference is one: wire and upstream count, cosmetic does not. */
export const counts = (difference: Difference): boolean => difference.severity !== 'cosmetic'

/** A difference on one line, cut where values are long. */
export function describe({ severity, field, reference, candidate }: Difference): string {
  const short = (value: unknown) => {
    const text = JSON.stringify(value) ?? '(absent)'
    return text.length > 300 ? `${text.slice(0, 297)}...` : text
  }
  return `${severity.padEnd(8)} ${field}: ${short(reference)} -> ${short(candidate)}`
}

interface Options {
  readonly kind: ProxyKind
  readonly isReal: boolean
  readonly live: boolean
  readonly quiet: boolean
  readonly cosmetic: boolean
}

interface Row {
  readonly id: string
  readonly passed: number
  readonly total: number
  readonly lines: string[]
}

async function examine(workshop: Workshop, id: string, options: Options): Promise<Row> {
  const one = readCase(id)
  const lines: string[] = []
  const reference = options.live ? await workshop.observe(one, realServer) : recorded(id)
  const onLog = (log: string) => lines.push(...lastLines(log))
  const candidate = await workshop.observe(one, options.kind, { anyServer: !options.isReal, onLog })
  const byProbe = caseDifferences(reference, candidate)
  for (const [name, differences] of byProbe) {
    const shown = differences.filter((one) => counts(one) || options.cosmetic)
    if (shown.length > 0) lines.push(`  ${name}`, ...shown.map((one) => `    ${describe(one)}`))
  }
  const passed = [...byProbe.values()].filter((differences) => !differences.some(counts)).length
  return { id, passed, total: byProbe.size, lines: options.quiet ? [] : lines }
}

const lastLines = (log: string) =>
  log
    .trim()
    .split('\n')
    .slice(-4)
    .map((line) => `  log: ${line.slice(0, 300)}`)

/** The report command; answers its exit code: 0 when nothing differs, 1 when something does, 64 when it was asked wrongly. */
export async function main(args: readonly string[]): Promise<number> {
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    args: [...args],
    options: {
      cases: { type: 'string', multiple: true, default: ['*'] },
      jobs: { type: 'string', default: '2' },
      real: flag,
      live: flag,
      quiet: flag,
      cosmetic: flag,
      json: flag,
      help: flag
    }
  })
  const ids = caseIds(values.cases.flatMap((list) => list.split(',')))
  if (values.help || ids.length === 0) {
    console.error(ids.length === 0 ? `No case matches ${values.cases.join(', ')}.\n${usage}` : usage)
    return values.help ? 0 : 64
  }
  const entry = join(import.meta.dirname, '../../out/cli/switchyard.js')
  if (!values.real && !existsSync(entry)) throw new Error('out/cli/switchyard.js is not there. Run: npm run build')
  const kind = values.real ? realServer : switchyard(entry)
  const rows = await examineAll(ids, Number(values.jobs), { ...values, kind, isReal: values.real })
  if (values.json) console.log(JSON.stringify(rows, null, 1))
  else print(rows)
  return rows.every((row) => row.passed === row.total) ? 0 : 1
}

async function examineAll(ids: readonly string[], jobs: number, options: Options): Promise<Row[]> {
  const workshop = new Workshop()
  const queue = [...ids]
  const rows: Row[] = []
  const work = async () => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) rows.push(await examine(workshop, id, options))
  }
  try {
    await Promise.all(Array.from({ length: Math.max(1, jobs) }, work))
  } finally {
    workshop.close()
  }
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1))
}

function print(rows: readonly Row[]): void {
  for (const { id, passed, total, lines } of rows)
    console.log([`${passed === total ? 'ok  ' : 'DIFF'} ${`${passed}/${total}`.padStart(6)}  ${id}`, ...lines].join('\n'))
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0)
  const clean = rows.filter((row) => row.passed === row.total).length
  console.log(`${sum((row) => row.passed)}/${sum((row) => row.total)} probes identical (wire and upstream), ${clean}/${rows.length} cases`)
}
