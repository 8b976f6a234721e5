// `npm test`: installs what is missing, then every check there is, and one line at the end: `N passed, N failed`.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureDependencies } from './dependencies.mjs'
import { ensureSystemPackages } from './system-packages.mjs'
import { vitestTally } from './vitest-tally.mjs'

const root = join(import.meta.dirname, '..')
const reports = join(root, 'node_modules/.cache/test-reports')
const minute = 60_000

/** Each answers what passed and failed; a check without tests of its own counts as one. */
const stages = [
  ['packages', () => attempt(ensureDependencies)],
  ['programs', () => attempt(() => complain(ensureSystemPackages()))],
  ['lint', () => npx(['eslint', '.'])],
  ['format', () => npx(['prettier', '--check', '--log-level', 'warn', '.'])],
  ['types', () => npx(['tsc', '--noEmit'])],
  ['screens', () => (existsSync(join(root, 'renderer/index.html')) ? npx(['svelte-check', '--fail-on-warnings']) : null)],
  ['bundle', () => attempt(() => run(process.execPath, ['build/bundle.mjs'], minute))],
  ['unit', () => vitest('unit')],
  ['e2e', () => vitest('e2e')],
  ['oracle', () => vitest('oracle')]
]
/** Without these there is no use in going on. */
const needed = new Set(['packages'])

const total = { passed: 0, failed: 0 }
/** What is wrong, once more at the end: whoever reads the last lines of a long log is to know. */
const wrong = []
for (const [name, work] of stages) {
  console.log(`\n== ${name}`)
  const startedAt = performance.now()
  const tally = work()
  if (tally === null) {
    console.log(`== ${name}: nothing there yet`)
    continue
  }
  total.passed += tally.passed
  total.failed += tally.failed
  wrong.push(...(tally.complaints ?? [`Failed: ${name}`]).slice(0, tally.failed))
  console.log(`== ${name}: ${tally.passed} passed, ${tally.failed} failed in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  if (tally.failed > 0 && needed.has(name)) break
}
for (const complaint of wrong) console.error(complaint)
console.log(`\n${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed > 0 ? 1 : 0

function attempt(work) {
  try {
    work()
    return { passed: 1, failed: 0 }
  } catch (error) {
    console.error(error.message)
    return { passed: 0, failed: 1 }
  }
}

function complain(sentence) {
  if (sentence !== null) throw new Error(sentence)
}

/** A tool of node_modules, run by this Node; npx itself would cost half a second each. */
function npx([tool, ...args]) {
  return attempt(() => run(process.execPath, [binary(tool), ...args], 5 * minute))
}

function binary(tool) {
  const folder = join(root, 'node_modules', tool === 'tsc' ? 'typescript' : tool)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[tool])
}

function vitest(project) {
  const report = join(reports, `${project}.json`)
  mkdirSync(reports, { recursive: true })
  rmSync(report, { force: true })
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const exit = spawn(process.execPath, [binary('vitest'), ...args], 15 * minute)
  const tally = vitestTally(report, exit, join(root, 'test/skipped.json'))
  return tally
}

function run(command, args, timeoutMs) {
  const exit = spawn(command, args, timeoutMs)
  if (exit !== 0) throw new Error(`${args.join(' ')}: exit code ${exit}`)
}

/** Exit code; 1 when the command was ended by a signal, such as the time limit's. */
function spawn(command, args, timeoutMs) {
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], timeout: timeoutMs }).status ?? 1
}
