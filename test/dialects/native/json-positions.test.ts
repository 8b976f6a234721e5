import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxJsonDepth, readJson } from '../../../main/dialects/native/json-positions.js'
import type { JsonNode } from '../../../main/dialects/native/json-positions.js'

const read = (text: string) => readJson(Buffer.from(text, 'utf8').toString('latin1'), 'f')

/** The plain value of a node, its strings decoded. */
function plain(node: JsonNode): unknown {
  if (node.kind === 'array') return node.items.map(plain)
  if (node.kind === 'string') return Buffer.from(node.value as string, 'latin1').toString('utf8')
  if (node.kind !== 'object') return node.value
  return Object.fromEntries(node.members.map(({ name, value }) => [Buffer.from(name, 'latin1').toString('utf8'), plain(value)]))
}

const at = (text: string) => {
  const [finding] = read(text).findings
  return `${finding?.span?.line}:${finding?.span?.column} ${finding?.message}`
}

describe('JSON with positions', () => {
  it('keeps where each value and each name stands, columns in characters', () => {
    const { root } = read('{\n  "é": [true,\n    "x"]\n}')
    expect(root).toMatchObject({ span: { line: 1, column: 1, endLine: 4, endColumn: 2 } })
    const member = root?.kind === 'object' ? root.members[0] : undefined
    expect(member?.nameSpan).toEqual({ file: 'f', line: 2, column: 3, endLine: 2, endColumn: 6 })
    const items = member?.value.kind === 'array' ? member.value.items : []
    expect(items.map(({ span }) => [span.line, span.column])).toEqual([
      [2, 9],
      [3, 5]
    ])
  })

  it('counts columns behind characters of several bytes on one long line', () => {
    const items = 5000
    const { root } = read(`[${'"é→😀",'.repeat(items)}1]`)
    const last = root?.kind === 'array' ? root.items.at(-1) : undefined
    expect(last?.span).toMatchObject({ line: 1, column: 2 + 6 * items })
  })

  it('reads a text that is one long line as fast as any', () => {
    const route = '{"match":"/é/","to":"ws://127.0.0.1:3000/"}'
    const startedAt = performance.now()
    expect(read(`{"routes":[${Array(20_000).fill(route).join(',')}]}`).root).not.toBeNull()
    expect(performance.now() - startedAt).toBeLessThan(5000)
  })

  it.each([
    ['', '1:1 Here the file ends, where a value is expected.'],
    ['{"a": 1,\n}', '2:1 Here "}" stands, where another item, since a comma stands before } is expected.'],
    ['{"a" 1}', '1:6 Here "1" stands, where a colon after "a" is expected.'],
    ['{a: 1}', '1:2 Here "a" stands, where a name in double quotes is expected.'],
    ['[1 2]', '1:4 Here "2" stands, where a comma or ] is expected.'],
    ['{} x', '1:4 Here "x" stands, where the end of the file is expected.'],
    ['// no\n{}', '1:1 JSON has no comments.'],
    ['[1, /* no */ 2]', '1:5 JSON has no comments.'],
    ['["a\nb"]', '1:2 This string has no closing quote.'],
    ['["\\x"]', '1:3 \\x is no escape of JSON.'],
    ['["\\u12g4"]', '1:3 \\u must be followed by four hexadecimal digits.'],
    ['["\t"]', '1:3 A control character in a string must be written as an escape, such as \\t.'],
    ['[01]', '1:2 This is no number of JSON.'],
    ['[nul]', '1:2 Here "n" stands, where a value is expected.'],
    ['{"a": 1, "a": 2}', '1:10 "a" stands here for the second time; the first is on line 1.'],
    ['['.repeat(maxJsonDepth + 1), `1:${maxJsonDepth + 1} Values stand more than ${maxJsonDepth} deep in each other.`]
  ])('says where %j is wrong', (text, expected) => {
    expect(at(text)).toBe(expected)
  })

  it('takes a byte order mark, and a text that was decoded already', () => {
    expect(read('\ufeff{}').root?.kind).toBe('object')
    const { root } = readJson('["→"]', 'f')
    expect(root === null ? null : plain(root)).toEqual(['→'])
  })

  it('reads what JSON.parse reads, and refuses what it refuses', () => {
    let accepted = 0
    fc.assert(
      fc.property(
        fc.json(),
        fc.array(fc.record({ at: fc.nat(), cut: fc.nat(2), put: fc.constantFrom('', '"', ',', '}', ']', '\\', '0', ' ', 'e', '-') }), {
          maxLength: 2
        }),
        (json, edits) => {
          const text = edits.reduce(
            (before, { at, cut, put }) => before.slice(0, at % (before.length + 1)) + put + before.slice((at % (before.length + 1)) + cut),
            json
          )
          const { root, findings } = read(text)
          // Names that stand twice are ours to refuse.
          if (findings.some(({ code }) => code === 'duplicate-key')) return
          let expected: unknown
          try {
            expected = JSON.parse(text)
          } catch {
            expect(root, text).toBeNull()
            return
          }
          accepted++
          expect(root === null ? findings : JSON.stringify(plain(root))).toEqual(JSON.stringify(expected))
        }
      ),
      { numRuns: 3000, seed: 7 }
    )
    expect(accepted).toBeGreaterThan(1000)
  })
})
