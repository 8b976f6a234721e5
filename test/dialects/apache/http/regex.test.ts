import { describe, expect, it } from 'vitest'
import { fromPcre } from '../../../../main/dialects/apache/http/regex.js'

describe('a pattern of PCRE', () => {
  it.each([
    ['^/a(.*)', ['/ab'], ['/b']],
    ['(?i)^/A', ['/a'], ['/b']],
    ['\\A/[[:alpha:]_]+\\z', ['/a_b'], ['/a1', '/']],
    ['^[[:^digit:]]', [], []],
    ['^a\\hb$', ['a b', 'a\tb'], ['ab']],
    ['^a[\\h-]b$', ['a b', 'a\tb', 'a-b'], ['a[b', 'ab']],
    ['^(?P<name>x)\\k<name>$', ['xx'], ['x']],
    ['^[]x]$', [']', 'x'], ['[', '[]']],
    ['^[^]x]$', ['y'], [']', 'x']],
    ['^\\[[:x]$', ['[:', '[x'], ['x']],
    ['^\\\\Qx$', ['\\Qx'], ['x']]
  ])('%s fits the same', (pattern, fits, doesNot) => {
    const ours = fromPcre(pattern)
    if (fits.length === 0) expect(ours).toBeNull()
    for (const text of fits) expect(ours?.test(text), text).toBe(true)
    for (const text of doesNot) expect(ours?.test(text), text).toBe(false)
  })

  it.each(['(?x)a b', 'a++', '(?>a)', '\\Qa.b\\E', 'a\\Kb', '\\x{41}', '\\p{L}', '[\\H]', '(?i-s)a'])('%s has no equal', (pattern) => {
    expect(fromPcre(pattern)).toBeNull()
  })
})
