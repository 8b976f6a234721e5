import { describe, expect, it } from 'vitest'
import { LineReader } from '../../../../main/dialects/apache/syntax/lines.js'

function lines(text: string): string[] {
  const reader = new LineReader('f', text)
  const found: string[] = []
  for (let line = reader.next(); line !== null; line = reader.next()) {
    const { span } = line
    found.push(`${line.text} @${span.line}:${span.column}-${span.endLine}:${span.endColumn}`)
  }
  return found
}

describe('LineReader', () => {
  it('trims blanks, and keeps the place of the first char', () => {
    expect(lines('\t Listen 80 \r\n\nx')).toEqual(['Listen 80 @1:3-1:13', ' @2:1-2:1', 'x @3:1-3:2'])
  })
  it('joins lines at a backslash right before the end, LF or CRLF', () => {
    expect(lines('a \\\n b\\\r\nc\nd \\ \n')).toEqual(['a  bc @1:1-3:2', 'd \\ @4:1-4:5'])
  })
  it('joins comments too', () => {
    expect(lines('# a\\\nb\n')).toEqual(['# ab @1:1-2:2'])
  })
  it('starts at the first line that says something', () => {
    expect(lines('  \\\n  Listen 80\n')).toEqual(['Listen 80 @2:3-2:12'])
  })
  it('counts the line looked for behind a last continuation, as httpd does', () => {
    expect(lines('a\\\n')).toEqual(['a @1:1-2:1'])
  })
  it('loses what stands behind a NUL', () => {
    expect(lines('a\0b\\\nc\n')).toEqual(['a @1:1-1:2', 'c @2:1-2:2'])
  })
})
