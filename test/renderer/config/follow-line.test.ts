import { describe, expect, it } from 'vitest'
import { followLine } from '../../../renderer/views/config/follow-line.js'

const site = [
  'Listen 80',
  '<VirtualHost *:80>',
  '  ProxyPass / http://a/',
  '</VirtualHost>',
  '<VirtualHost *:81>',
  '  ProxyPass / http://a/',
  '</VirtualHost>'
]
const text = (lines: readonly string[]): string => lines.join('\n')
/** Each line of the site in another text: `3`, or `(3)` where it is not there any more. */
function followed(now: readonly string[]): string {
  const found = site.map((_, at) => followLine(text(site), text(now), at + 1))
  return found.map(({ line, kept }) => (kept ? String(line) : `(${line})`)).join(' ')
}

describe('A line of an older text', () => {
  it('is where it was in the same text', () => expect(followed(site)).toBe('1 2 3 4 5 6 7'))
  it('moves with what was written above it', () => {
    expect(followed(['# mine', '', ...site])).toBe('3 4 5 6 7 8 9')
  })
  it('is found between changes above and below it, the second of two equal lines as the second', () => {
    const now = ['# mine', ...site.slice(0, 4), '# between', ...site.slice(4), '# end']
    expect(followed(now)).toBe('2 3 4 5 7 8 9')
  })
  it('that was changed, or taken out, is not found for another, and stands where it was', () => {
    expect(followed(site.with(2, '  ProxyPass / http://b/'))).toBe('1 2 (3) 4 5 6 7')
    expect(followed(site.toSpliced(0, 1))).toBe('(1) 1 2 3 4 5 6')
    expect(followed(site.toSpliced(1, 3))).toBe('1 (2) (2) (2) 2 3 4')
  })
  it('is not guessed where nothing tells equal lines apart', () => {
    expect(followLine('a\nb\nb\nc', 'x\nb\ny\nb\nb\nz', 2).kept).toBe(false)
  })
  it('that lines changed places with keeps its order or is gone, never another line', () => {
    const now = [...site.slice(4), ...site.slice(0, 4)]
    site.forEach((line, at) => {
      const found = followLine(text(site), text(now), at + 1)
      if (found.kept) expect(now[found.line - 1]).toBe(line)
    })
    expect(followed(now).match(/\(/g)?.length ?? 0).toBeLessThan(site.length)
  })
  it('beyond the text is its last', () => {
    expect(followLine('a\nb', 'a\nb\nc', 9)).toEqual({ line: 2, kept: true })
    expect(followLine('a\nb', 'c', 2)).toEqual({ line: 1, kept: false })
  })
  it('is found in long texts, too', () => {
    const long = Array.from({ length: 100_000 }, (_, at) => `Header set X-${at} yes`)
    expect(followLine(text(long), text(['# new', ...long.toSpliced(50_000, 1)]), 99_000)).toEqual({ line: 99_000, kept: true })
  })
})
