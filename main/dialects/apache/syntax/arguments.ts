import { nextWord } from './words.js'

/** `enum cmd_how` of http_config.h: how httpd takes a line apart for a directive. */
export type ArgumentKind =
  | 'RAW_ARGS'
  | 'TAKE1'
  | 'TAKE2'
  | 'ITERATE'
  | 'ITERATE2'
  | 'FLAG'
  | 'NO_ARGS'
  | 'TAKE12'
  | 'TAKE3'
  | 'TAKE23'
  | 'TAKE123'
  | 'TAKE13'
  | 'TAKE_ARGV'

/** Words for a directive, or what httpd says of their number (without its usage text). */
export type Arguments = { readonly words: readonly string[] } | { readonly error: string }

const fixed: Partial<Record<ArgumentKind, { readonly atLeast: number; readonly atMost: number; readonly says: string }>> = {
  TAKE1: { atLeast: 1, atMost: 1, says: 'takes one argument' },
  TAKE2: { atLeast: 2, atMost: 2, says: 'takes two arguments' },
  TAKE12: { atLeast: 1, atMost: 2, says: 'takes 1-2 arguments' },
  TAKE3: { atLeast: 3, atMost: 3, says: 'takes three arguments' },
  TAKE23: { atLeast: 2, atMost: 3, says: 'takes two or three arguments' },
  TAKE123: { atLeast: 1, atMost: 3, says: 'takes one, two or three arguments' },
  TAKE13: { atLeast: 1, atMost: 3, says: 'takes one or three arguments' }
}
/** httpd's AP_MAX_ARGC: what a TAKE_ARGV directive gets at most. */
const maxVector = 64

/** Takes `text` apart as invoke_cmd does. */
export function takeArguments(name: string, kind: ArgumentKind, text: string): Arguments {
  switch (kind) {
    case 'RAW_ARGS':
      return { words: [] }
    case 'NO_ARGS':
      return text === '' ? { words: [] } : { error: `${name} takes no arguments` }
    case 'FLAG':
      return flag(name, nextWord(text).word)
    case 'TAKE_ARGV':
      return { words: vector(text) }
    case 'ITERATE':
      return atLeast(wordsUntil(text, Infinity, true).words, 1, `${name} requires at least one argument`)
    case 'ITERATE2':
      return iterate2(name, text)
    default:
      return counted(name, kind, text)
  }
}

function flag(name: string, word: string): Arguments {
  return /^(on|off)$/i.test(word) ? { words: [word] } : { error: `${name} must be On or Off` }
}

/** The last word does not count where it is empty. */
function vector(text: string): readonly string[] {
  const { words, rest } = wordsUntil(text, maxVector, false)
  return rest === '' && words.at(-1) === '' ? words.slice(0, -1) : words
}

function iterate2(name: string, text: string): Arguments {
  const first = nextWord(text)
  if (first.word === '' || first.rest === '') return { error: `${name} requires at least two arguments` }
  return { words: [first.word, ...wordsUntil(first.rest, Infinity, true).words] }
}

function counted(name: string, kind: ArgumentKind, text: string): Arguments {
  const rule = fixed[kind]
  if (rule === undefined) throw new Error(`no rule for ${kind}`)
  const { words, rest } = wordsUntil(text, rule.atMost, false)
  const needed = words.slice(0, rule.atLeast)
  const refused =
    rest !== '' || needed.length < rule.atLeast || needed.includes('') || (kind === 'TAKE13' && words.length === 2 && words[1] !== '')
  if (refused) return { error: `${name} ${rule.says}` }
  // An optional second argument that is empty counts as not given, where just one or two are taken.
  return { words: kind === 'TAKE12' && words[1] === '' ? words.slice(0, 1) : words }
}

function atLeast(words: readonly string[], count: number, error: string): Arguments {
  return words.length < count ? { error } : { words }
}

/** At most `count` words; `stopAtEmpty`: an empty word ends the list, as httpd's loops do. */
function wordsUntil(text: string, count: number, stopAtEmpty: boolean): { words: string[]; rest: string } {
  const words: string[] = []
  let rest = text
  while (rest !== '' && words.length < count) {
    const next = nextWord(rest)
    const word = next.word
    if (stopAtEmpty && word === '') break
    words.push(word)
    rest = next.rest
  }
  return { words, rest }
}
