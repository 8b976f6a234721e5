import { describe, expect, test } from 'vitest'
import { readJson, textOf } from '../../../renderer/views/traffic/inspect/json-bytes.js'
import { jsonRows, nodeAt, pathOf, shortValue, sizeWords } from '../../../renderer/views/traffic/inspect/json-rows.js'
import { prettyJson } from '../../../renderer/views/traffic/inspect/pretty-json.js'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const rootOf = (text: string) => {
  const bytes = bytesOf(text)
  const { root, stopped } = readJson(bytes)
  if (root === null) throw new Error('no value')
  return { bytes, root, stopped }
}

describe('reading JSON out of bytes', () => {
  test('numbers stay as they were sent', () => {
    const { bytes, root } = rootOf('[12345678901234567890, -0.10, 1e400]')
    expect(root.children.map((node) => textOf(bytes, node))).toEqual(['12345678901234567890', '-0.10', '1e400'])
  })
  test('places are bytes, not characters', () => {
    const { bytes, root } = rootOf('{"größe":"é","b":1}')
    const last = root.children[1]
    expect(last).toMatchObject({ key: 'b', start: 20, end: 21 })
    expect(textOf(bytes, root.children[0] ?? root)).toBe('é')
  })
  test('what was read before an error stays', () => {
    const { root, stopped } = rootOf('{"a":[1, 2, oops]}')
    expect(root.children[0]?.children).toHaveLength(2)
    expect(root.whole).toBe(false)
    expect(stopped).toEqual({ at: 12, why: '"oops" is no JSON value' })
  })
  test.each([
    ['{"a":"b', 'the text ends in a string'],
    ['[1', 'the text ends here'],
    ['[1,]', '"" is no JSON value'],
    ['{"a" 1}', 'a colon was expected'],
    ['{} {}', 'something stands behind the value'],
    ['[01]', '"01" is no JSON value'],
    ['["\n"]', 'a control character stands in a string'],
    ['[truefalse]', '"truefalse" is no JSON value'],
    ['', 'there is no value']
  ])('%j stops: %s', (text, why) => expect(readJson(bytesOf(text)).stopped?.why).toBe(why))
  test('nesting has an end', () => {
    expect(readJson(bytesOf('['.repeat(100_000))).stopped?.why).toBe('nested deeper than 400 levels')
  })
  test.each(['null', '-1.5e+3', '"\\u00e9\\""', '[]', '{}', ' [ { } , [ ] ] '])('%j is whole', (text) => {
    expect(readJson(bytesOf(text)).stopped).toBeNull()
    expect(JSON.parse(prettyJson(bytesOf(text), rootOf(text).root))).toEqual(JSON.parse(text))
  })
})

describe('lines of the tree', () => {
  test('a long list is cut at the limit and says so', () => {
    const { root } = rootOf(JSON.stringify(Array.from({ length: 500 }, (_, id) => ({ id }))))
    const first = jsonRows(root, new Set(), 200)
    expect(first.rows).toHaveLength(200)
    expect(first.more).toBe(true)
    expect(jsonRows(root, new Set(), 5000)).toMatchObject({ more: false })
  })
  test('a toggled branch closes', () => {
    const { root } = rootOf('{"a":{"b":1},"c":2}')
    const a = root.children[0] ?? root
    expect(jsonRows(root, new Set(), 200).rows.map(({ label }) => label)).toEqual(['', 'a', 'b', 'c'])
    expect(jsonRows(root, new Set([a]), 200).rows.map(({ label }) => label)).toEqual(['', 'a', 'c'])
  })
  test('places lead to values and values to paths', () => {
    const { bytes, root } = rootOf('[0,{"reply to":{"x":[7]}}]')
    const seven = nodeAt(root, { start: bytes.indexOf(0x37), end: bytes.indexOf(0x37) + 1 })
    expect(seven && pathOf(root, seven)).toBe('$[1]["reply to"].x[0]')
    expect(nodeAt(root, { start: 900, end: 901 })).toBeNull()
  })
  test('sizes and long texts are said', () => {
    const { bytes, root } = rootOf(`{"a":[1],"b":"${'x'.repeat(1000)}"}`)
    expect(sizeWords(root)).toBe('{ 2 keys }')
    expect(shortValue(bytes, root.children[1] ?? root, 10)).toBe('"xxxxxxxxx… 1,002 bytes')
  })
})
