import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bad, good } from './examples.js'
import { loadText } from './config.js'

const schema = JSON.parse(readFileSync(new URL('../../../shared/native.schema.json', import.meta.url), 'utf8')) as object
const fits = new Ajv2020({ strict: true, strictRequired: false, allErrors: true }).compile(schema)
const errorsOf = (text: string) =>
  loadText(Buffer.from(text, 'utf8').toString('latin1')).findings.filter(({ severity }) => severity === 'error')

describe('the schema and the reader', () => {
  it.each(Object.entries(good))('both take %s', (_, config) => {
    expect(fits(config), JSON.stringify(fits.errors)).toBe(true)
    expect(errorsOf(JSON.stringify(config))).toEqual([])
  })

  it.each(Object.entries(bad))('both refuse %s, and the reader says where', (_, [text, code, place]) => {
    expect(fits(JSON.parse(text))).toBe(false)
    const found = errorsOf(text).map((finding) => `${finding.code} ${finding.span?.line}:${finding.span?.column}`)
    expect(found).toContain(`${code} ${place}`)
    expect(loadText(text).site).toBeNull()
  })

  it('both take the example of the README', () => {
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
    const example = /```json\n([^`]*)```/.exec(readme)?.[1] ?? ''
    expect(fits(JSON.parse(example)), JSON.stringify(fits.errors)).toBe(true)
    expect(errorsOf(example)).toEqual([])
    expect(loadText(example).site).not.toBeNull()
  })

  it('agree on configs with a value anywhere exchanged for another', () => {
    let taken = 0
    let refused = 0
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(good)),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(...values)), { minLength: 1, maxLength: 2 }),
        (config, edits) => {
          const text = JSON.stringify(edits.reduce((before, [place, value]) => exchanged(before, place, value), config))
          const mine = errorsOf(text)
          // A schema cannot compare two members of a list.
          if (mine.some(({ code }) => code === 'duplicate-listen')) return
          if (mine.length === 0) taken++
          else refused++
          expect({ text, fits: mine.length === 0, why: mine.map(({ message }) => message) }).toMatchObject({ fits: fits(JSON.parse(text)) })
        }
      ),
      { numRuns: 4000, seed: 11 }
    )
    expect(Math.min(taken, refused)).toBeGreaterThan(300)
  })
})

const values: readonly unknown[] = [
  ...[0, 1, 80, 200, 302, 404, 599, 600, 65_535, 65_536, -1, 1.5, true, false, null],
  ...[
    '',
    '/',
    '/a/',
    'a',
    'ws://h',
    'wss://h:443/a',
    'http://h?x',
    'HTTP://h',
    'https://[::1]',
    'a.test',
    '*.a.test',
    '-a',
    '::',
    '1.2.3.4'
  ],
  ...['any', 'none', 'Websocket', 'Connection', 'x-y', 'a b', 'ü', 'a\tb', 'a\nb', '\u007f'],
  ...[[], ['a'], [1], {}, { a: 'b' }, { upgrade: 'x' }, { to: '/' }, { status: 204 }, { match: '/', to: 'ws://h' }, { port: 81 }]
]

/** The same value with the nth of all its places (a member's value, an item, a new member) exchanged. */
function exchanged(config: unknown, place: number, value: unknown): unknown {
  const copy = structuredClone({ root: config })
  const places: ((to: unknown) => void)[] = []
  const visit = (holder: Record<string, unknown>): void => {
    for (const key of Object.keys(holder)) {
      places.push((to) => (holder[key] = to))
      const held = holder[key]
      if (typeof held === 'object' && held !== null) visit(held as Record<string, unknown>)
    }
    if (!Array.isArray(holder)) for (const key of ['to', 'host', 'upgrade', 'respond']) places.push((to) => (holder[key] = to))
  }
  visit(copy)
  places[place % places.length]?.(value)
  return copy.root
}
