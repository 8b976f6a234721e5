import { describe, expect, it } from 'vitest'
import type { Finding } from '../../../shared/trace.js'
import { blocking, bySeverity, findingsOf, isSame, neighbour } from '../../../renderer/views/config/findings.js'
import { rulerMarks } from '../../../renderer/views/config/ruler.js'

function finding(line: number, more: Partial<Finding> = {}, file = '/a.conf'): Finding {
  const span = { file, line, column: 1, endLine: line, endColumn: 5 }
  return { code: 'some-code', severity: 'warning', message: `line ${line}`, span, routing: false, ...more }
}

describe('findings', () => {
  it('are put in order by severity, what changes routing first, then by place', () => {
    const all = [finding(9, { severity: 'info' }), finding(8), finding(7, { routing: true }), finding(6, { severity: 'error' }), finding(5)]
    expect(bySeverity(all).map(({ message }) => message)).toEqual(['line 6', 'line 7', 'line 5', 'line 8', 'line 9'])
  })
  it('of a file are in the order of its lines', () => {
    expect(findingsOf([finding(3), finding(1), finding(2, {}, '/b.conf')], '/a.conf').map(({ message }) => message)).toEqual([
      'line 1',
      'line 3'
    ])
  })
  it('stop a config where they are errors that nothing can leave out', () => {
    const error = finding(1, { severity: 'error' })
    expect(blocking([error, finding(2), finding(3, { severity: 'error', routing: true })])).toEqual([error])
  })
  it('are the same by what they say and where', () => {
    expect(isSame(finding(1), finding(1))).toBe(true)
    expect(isSame(finding(1), finding(1, {}, '/b.conf'))).toBe(false)
    expect(isSame(finding(1), null)).toBe(false)
  })
})

describe('going from finding to finding', () => {
  const idle = finding(4, { code: 'no-effect-directive' })
  const all = [finding(9), finding(2), idle, finding(1, {}, '/b.conf')]
  const files = ['/a.conf', '/b.conf']
  const from = (file: string, line: number, step: 1 | -1): string | undefined => neighbour(all, files, { file, line }, step)?.message

  it('goes down the file, over to the next, and round', () => {
    expect(from('/a.conf', 1, 1)).toBe('line 2')
    expect(from('/a.conf', 2, 1)).toBe('line 9')
    expect(from('/a.conf', 9, 1)).toBe('line 1')
    expect(from('/b.conf', 1, 1)).toBe('line 2')
  })
  it('goes back the same way', () => {
    expect(from('/a.conf', 2, -1)).toBe('line 1')
    expect(from('/b.conf', 1, -1)).toBe('line 9')
  })
  it('has nowhere to go without findings', () => {
    expect(neighbour([idle], files, { file: '/a.conf', line: 1 }, 1)).toBeNull()
  })
})

describe('the overview ruler', () => {
  it('has one mark a line, by its gravest finding, from top to bottom', () => {
    const error = finding(11, { severity: 'error' })
    expect(rulerMarks([finding(11), error, finding(1)], 11)).toEqual([
      { line: 1, place: 0, finding: finding(1) },
      { line: 11, place: 1, finding: error }
    ])
  })
  it('keeps marks of lines that are gone at the end', () => {
    expect(rulerMarks([finding(40)], 5)).toMatchObject([{ line: 5, place: 1 }])
  })
  it('are no more than can be told apart: of a long text the gravest of several lines', () => {
    const many = Array.from({ length: 8000 }, (_, at) => finding(at + 1))
    const error = { ...finding(4001), severity: 'error' as const }
    const marks = rulerMarks([...many, error], 8000)
    expect(marks.length).toBeLessThanOrEqual(251)
    expect([marks[0]?.line, marks.at(-1)?.place]).toEqual([1, expect.closeTo(1, 1)])
    expect(marks.filter((mark) => mark.finding === error)).toMatchObject([{ line: 4001 }])
  })
})
