// What a vitest run amounts to: nothing that did not run counts as passed.
import { existsSync, readFileSync } from 'node:fs'

/**
 * Reads vitest's JSON report. A skipped test counts as failed unless `skipsFile` (full name → reason) names it; so does a file that
 * could not be loaded, a run without a report, and an exit code that no counted failure explains (an unhandled rejection).
 * Answers { passed, failed, complaints }.
 */
export function vitestTally(reportFile, exitCode, skipsFile) {
  if (!existsSync(reportFile)) return { passed: 0, failed: 1, complaints: ['vitest left no report: it was cut off or found no tests.'] }
  const report = JSON.parse(readFileSync(reportFile, 'utf8'))
  const excused = existsSync(skipsFile) ? JSON.parse(readFileSync(skipsFile, 'utf8')) : {}
  const tests = report.testResults.flatMap((file) => file.assertionResults)
  const named = tests.filter((test) => test.status === 'failed')
  const silent = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed' && !(test.fullName in excused))
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed')
  )
  const passed = tests.filter((test) => test.status === 'passed').length
  const failed = named.length + silent.length + unloaded.length
  const unexplained = exitCode !== 0 && failed === 0
  return {
    passed,
    failed: failed + (unexplained ? 1 : 0),
    complaints: [
      ...named.map((test) => `Failed: ${test.fullName}: ${firstLine(test.failureMessages?.[0])}`),
      ...silent.map((test) => `Skipped without a reason in test/skipped.json: ${test.fullName}`),
      ...unloaded.map((file) => `No test of this file ran: ${file.name}`),
      ...(unexplained ? [`vitest ended with exit code ${exitCode} although no test failed: an error outside of any test.`] : [])
    ]
  }
}

/** A report names a timeout by the placeholder of vitest's own stack. */
function firstLine(message = 'no message') {
  if (message.startsWith('Error: STACK_TRACE_ERROR')) return 'it ran out of time'
  return message.split('\n', 1)[0]
}
