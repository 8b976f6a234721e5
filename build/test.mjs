// `npm test`: installs what is missing, then every check there is, and one line at the end: `N passed, N failed`.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureDependencies } from './dependencies.mjs'
import { ensureSystemPackages } from './system-packages.mjs'
import { vitestTally } from './vitest-tally.mjs'

const root = join(import.meta.dirname, '..')
const reports = join(root, 'node_modules/.cache/test-reports')
const minute = 60_000

/**
 * Tools that keep one core busy and time nothing: two of them at once, the longest first. Each answers what passed and failed;
 * a check without tests of its own counts as one.
 */
const tools = [
  ['lint', () => npx(['eslint', '.'])],
  ['format', () => npx(['prettier', '--check', '--log-level', 'warn', '.'])],
  ['types', () => npx(['tsc', '--noEmit'])],
  ['screens', () => npx(['svelte-check', '--fail-on-warnings'])],
  ['bundle', () => said(['build/bundle.mjs'], minute)]
]
const suites = [
  ['unit', () => vitest('unit', 'pure')],
  ['e2e', () => vitest('e2e')],
  ['measured', () => vitest('measured')],
  ['oracle', () => vitest('oracle')]
]

const total = { passed: 0, failed: 0 }
/** What is wrong, once more at the end: whoever reads the last lines of a long log is to know. */
const wrong = []
// Without packages there is no use in going on.
if (await carryOut(['packages', () => attempt(ensureDependencies)])) {
  await carryOut(['programs', () => attempt(() => complain(ensureSystemPackages()))])
  const waiting = [...tools]
  const worker = async () => {
    for (let stage = waiting.shift(); stage !== undefined; stage = waiting.shift()) await carryOut(stage)
  }
  await Promise.all([worker(), worker()])
  for (const stage of suites) await carryOut(stage)
}
for (const complaint of wrong) console.error(complaint)
console.log(`\n${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed > 0 ? 1 : 0

/** @returns whether nothing failed. */
async function carryOut([name, work]) {
  console.log(`== ${name}`)
  const startedAt = performance.now()
  const tally = await work()
  total.passed += tally.passed
  total.failed += tally.failed
  wrong.push(...(tally.complaints ?? [`Failed: ${name}`]).slice(0, tally.failed))
  console.log(`== ${name}: ${tally.passed} passed, ${tally.failed} failed in ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`)
  return tally.failed === 0
}

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
async function npx([tool, ...args]) {
  return await said([binary(tool), ...args], 5 * minute)
}

/** Runs beside others: what it says comes in one piece when it is over. */
async function said(args, timeoutMs) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs })
  const words = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => words.push(bytes))
  const ended = await once(child, 'close').catch((error) => [error.message])
  process.stdout.write(Buffer.concat(words))
  if (ended[0] === 0) return { passed: 1, failed: 0 }
  console.error(`${args.join(' ')}: ${ended.filter((how) => how !== null).join(' ')}`)
  return { passed: 0, failed: 1 }
}

function binary(tool) {
  const folder = join(root, 'node_modules', tool === 'tsc' ? 'typescript' : tool)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[tool])
}

function vitest(...projects) {
  const report = join(reports, `${projects[0]}.json`)
  mkdirSync(reports, { recursive: true })
  rmSync(report, { force: true })
  const named = projects.flatMap((project) => ['--project', project])
  const args = ['run', ...named, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const { status } = spawnSync(process.execPath, [binary('vitest'), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 15 * minute
  })
  // Ended by a signal, such as the time limit's, it has no status.
  return vitestTally(report, status ?? 1, join(root, 'test/skipped.json'))
}
