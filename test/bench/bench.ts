import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { freePort, pause } from '../oracle/loopback.js'
import { contestants, start, type Contestant, type Running } from './contestants.js'
import { measure, type Measured } from './load.js'
import { recordedShare, settledRecord } from './recorded.js'
import { cpuBetween, sampleCpu } from './process-cpu.js'
import { scenarios, type Scenario } from './scenarios.js'
import { leastRecorded, ratios, table, type Run } from './table.js'

const usage = `CPU per unit of work, Switchyard beside nginx and a relay on ws, in one run.
  npm run bench [-- --rounds 5] [--proxies nginx-1,switchyard,…] [--scenarios pingpong-64,…] [--json FILE] [--gate]
    --gate   exit code 1 when Switchyard with the capture off is above a limit (scenarios.ts), or records less than all of pingpong`
const base = 'nginx-1'

interface Site {
  readonly folder: string
  readonly loadgen: string
  readonly shared: { readonly backend: number; readonly key: string; readonly certificate: string }
  readonly backendPid: number
  close(): void
}

/** Compiles the tools, makes a certificate, starts the backend. */
async function prepare(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-bench-'))
  const [loadgen, echo, key, certificate] = ['loadgen', 'echo', 'key.pem', 'cert.pem'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string
  ]
  const compile = (name: string, ...args: string[]) =>
    execFileSync('gcc', ['-O2', '-o', join(folder, name), join(import.meta.dirname, `${name}.c`), ...args])
  compile('loadgen', '-DTLS', '-lssl', '-lcrypto')
  compile('echo')
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,DNS:www.example.test,IP:127.0.0.1']
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', certificate, '-days', '2', ...subject], { stdio: 'ignore' })
  const backend = await freePort()
  const child = spawn(echo, [String(backend)], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  const close = () => {
    child.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  return { folder, loadgen, shared: { backend, key, certificate }, backendPid: child.pid as number, close }
}

const portOf = ({ place }: Running, scenario: Scenario) => (scenario.tls ? place.tlsPort : place.port)

/** Every round starts all proxies anew, warms them up, and goes scenario by scenario through all of them, beginning at another one. */
async function playRound(site: Site, round: number, proxies: readonly Contestant[], chosen: readonly Scenario[]): Promise<Run[]> {
  const running: Running[] = []
  const runs: Run[] = []
  try {
    for (const proxy of rotated(proxies, round)) running.push(await start(proxy, site.shared, join(site.folder, `${proxy.name}-${round}`)))
    for (const one of running)
      for (const scenario of chosen) await measure(site.loadgen, scenario, portOf(one, scenario), one.pid, warmUpS(scenario))
    for (const scenario of chosen) {
      for (const one of running) {
        await comeToRest([one.pid, site.backendPid])
        const before = one.capture === null ? null : await settledRecord(one.capture)
        const measured = await measure(site.loadgen, scenario, portOf(one, scenario), one.pid)
        const recorded =
          before === null ? null : recordedShare(scenario, measured.result, before, await settledRecord(one.capture as string))
        runs.push({ round, proxy: one.name, scenario: scenario.name, recorded, ...measured })
        progress(round, scenario.name, one.name, measured)
      }
    }
  } finally {
    for (const one of running) await one.stop()
  }
  return runs
}

/** Much of the code that a request takes is compiled during its first ten thousand: what is measured is what comes after. */
function warmUpS({ unit }: Scenario): number {
  return unit === 'request' ? 3 : 0.4
}

function rotated<T>(list: readonly T[], by: number): T[] {
  const cut = by % list.length
  return [...list.slice(cut), ...list.slice(0, cut)]
}

/** Waits until nobody works off what the last measurement left behind; two seconds at most. */
async function comeToRest(pids: readonly number[]): Promise<void> {
  for (let i = 0; i < 20; i++) {
    const before = pids.map(sampleCpu)
    await pause(80)
    const busy = pids.map(sampleCpu).reduce((total, after, at) => total + cpuBetween(before[at] ?? new Map(), after), 0)
    if (busy < 0.006) return
  }
}

function progress(round: number, scenario: string, proxy: string, { cpuNsPerUnit, unitsPerSecond, errors }: Measured): void {
  const figures = `${cpuNsPerUnit.toPrecision(5)} ns/unit  ${unitsPerSecond.toPrecision(5)}/s${errors > 0 ? `  ${errors} errors` : ''}`
  console.error(`${round + 1}  ${scenario.padEnd(16)} ${proxy.padEnd(20)} ${figures}`)
}

/** What of the named list was asked for; throws on a name that is not there. */
function choose<T extends { readonly name: string }>(all: readonly T[], names: string | undefined): T[] {
  if (names === undefined) return [...all]
  return names.split(',').map((name) => {
    const found = all.find((one) => one.name === name)
    if (!found) throw new Error(`There is no ${name}. There are: ${all.map((one) => one.name).join(', ')}`)
    return found
  })
}

/** The bench command; answers its exit code. `bundle` is asked for only where Switchyard takes part. */
export async function main(args: readonly string[], bundle: () => Promise<unknown>): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '5' },
      proxies: { type: 'string' },
      scenarios: { type: 'string' },
      json: { type: 'string' },
      gate: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false }
    }
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const proxies = choose(contestants, values.proxies)
  const chosen = choose(scenarios, values.scenarios)
  if (proxies.some((proxy) => proxy.name.startsWith('switchyard'))) await bundle()
  const site = await prepare()
  const runs: Run[] = []
  try {
    for (let round = 0; round < Number(values.rounds); round++) runs.push(...(await playRound(site, round, proxies, chosen)))
  } finally {
    site.close()
  }
  console.log(table(runs, chosen, base))
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ base, runs }, null, 1)}\n`)
  return values.gate ? gate(runs, chosen) : 0
}

function gate(runs: readonly Run[], chosen: readonly Scenario[]): number {
  let failed = 0
  for (const { name, limit } of chosen) {
    const ratio = ratios(runs, name, 'switchyard', base)
    if (limit === null || ratio === null || ratio.median <= limit) continue
    console.error(`${name}: ${ratio.median.toFixed(2)}× nginx, allowed ${limit}×`)
    failed++
  }
  const recorded = leastRecorded(runs.filter(({ scenario }) => scenario.includes('pingpong')))
  if (recorded !== null && recorded < 1) {
    console.error(`pingpong: ${(recorded * 100).toFixed(2)} % recorded, expected 100 %`)
    failed++
  }
  return failed > 0 ? 1 : 0
}
