import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
// @ts-expect-error build/ is plain JavaScript, since it runs before anything is installed
import { vitestTally } from '../../build/vitest-tally.mjs'

const test = (fullName: string, status: string) => ({ fullName, status })
const file = (status: string, ...assertionResults: object[]) => ({ name: 'x.test.ts', status, assertionResults })

describe('vitestTally', () => {
  let folder = ''
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'tally-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  function tally(testResults: object[], exitCode: number, skips: object = {}) {
    writeFileSync(join(folder, 'report.json'), JSON.stringify({ testResults }))
    writeFileSync(join(folder, 'skips.json'), JSON.stringify(skips))
    return vitestTally(join(folder, 'report.json'), exitCode, join(folder, 'skips.json'))
  }

  it('counts what passed and what failed', () => {
    const failed = { ...test('b', 'failed'), failureMessages: ['AssertionError: no\n at x.ts'] }
    const complaints = ['Failed: b: AssertionError: no']
    expect(tally([file('failed', test('a', 'passed'), failed)], 1)).toEqual({ passed: 1, failed: 1, complaints })
  })

  it('names a timeout, of which the report has a placeholder alone', () => {
    const late = { ...test('late', 'failed'), failureMessages: ['Error: STACK_TRACE_ERROR\n at x.ts'] }
    expect(tally([file('failed', late)], 1).complaints).toEqual(['Failed: late: it ran out of time'])
  })

  it('takes a skipped test for a failed one, by whichever word', () => {
    const { passed, failed, complaints } = tally([file('passed', test('a', 'pending'), test('b', 'todo'), test('c', 'skipped'))], 0)
    expect({ passed, failed }).toEqual({ passed: 0, failed: 3 })
    expect(complaints[0]).toContain(': a')
  })

  it('lets a skip with a reason be', () => {
    expect(tally([file('passed', test('a', 'skipped'))], 0, { a: 'macOS has no epoll' })).toMatchObject({ passed: 0, failed: 0 })
  })

  it('counts a file that could not be loaded', () => {
    expect(tally([file('failed')], 1)).toMatchObject({ passed: 0, failed: 1 })
  })

  it('believes an exit code that no failed test explains', () => {
    expect(tally([file('passed', test('a', 'passed'))], 1)).toMatchObject({ passed: 1, failed: 1 })
  })

  it('counts a run that left no report', () => {
    expect(vitestTally(join(folder, 'none.json'), 0, join(folder, 'skips.json'))).toMatchObject({ passed: 0, failed: 1 })
  })
})
