import { describe, expect, it } from 'vitest'
import { takeArguments, type ArgumentKind } from '../../../../main/dialects/apache/syntax/arguments.js'
import { fillVariables } from '../../../../main/dialects/apache/syntax/variables.js'
import { allWords, nextWord } from '../../../../main/dialects/apache/syntax/words.js'

describe('words', () => {
  it.each([
    ['a b\tc ', ['a', 'b', 'c']],
    ['"a b" c', ['a b', 'c']],
    [`'a "b"' c`, ['a "b"', 'c']],
    ['"a\\"b\\\\" c', ['a"b\\', 'c']],
    ['a\\ b', ['a\\', 'b']],
    ['a\\\\b \\"', ['a\\b', '\\"']],
    ['"never closed', ['never closed']],
    ['"a"b', ['a', 'b']],
    ['a"b c"', ['a"b', 'c"']],
    ['"" x', ['', 'x']],
    ['"a\\', ['a\\']],
    ['', []]
  ])('%j are %j', (line, words) => {
    expect(allWords(line)).toEqual(words)
  })
  it('leave the rest of the line as it stands', () => {
    expect(nextWord('  a  "b  c" ')).toEqual({ word: 'a', rest: '"b  c" ' })
  })
})

describe('takeArguments', () => {
  it.each<[ArgumentKind, string, readonly string[] | string]>([
    ['TAKE1', 'a', ['a']],
    ['TAKE1', '', 'X takes one argument'],
    ['TAKE1', '""', 'X takes one argument'],
    ['TAKE1', 'a b', 'X takes one argument'],
    ['TAKE2', 'a', 'X takes two arguments'],
    ['TAKE12', 'a ""', ['a']],
    ['TAKE12', 'a b c', 'X takes 1-2 arguments'],
    ['TAKE13', 'a b', 'X takes one or three arguments'],
    ['TAKE13', 'a b c', ['a', 'b', 'c']],
    ['TAKE23', 'a b c d', 'X takes two or three arguments'],
    ['TAKE123', '', 'X takes one, two or three arguments'],
    ['TAKE3', 'a b ""', 'X takes three arguments'],
    ['ITERATE', 'a "" b', ['a']],
    ['ITERATE', '', 'X requires at least one argument'],
    ['ITERATE2', 'a', 'X requires at least two arguments'],
    ['ITERATE2', 'a b c', ['a', 'b', 'c']],
    ['FLAG', 'oN x', ['oN']],
    ['FLAG', 'yes', 'X must be On or Off'],
    ['NO_ARGS', 'a', 'X takes no arguments'],
    ['TAKE_ARGV', 'a ""', ['a']],
    ['RAW_ARGS', 'a b', []]
  ])('%s of %j', (kind, text, expected) => {
    const taken = takeArguments('X', kind, text)
    expect('error' in taken ? taken.error : taken.words).toEqual(expected)
  })
})

describe('fillVariables', () => {
  const values: Record<string, string> = { A: '1', B: '${A}' }
  it('fills in once, and leaves what nothing defines', () => {
    const unknown: string[] = []
    expect(
      fillVariables(
        '${A} ${B} ${C} $A ${m:k} ${',
        (name) => values[name],
        (name) => unknown.push(name)
      )
    ).toBe('1 ${A} ${C} $A ${m:k} ${')
    expect(unknown).toEqual(['C'])
  })
})
