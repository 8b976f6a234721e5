/** A config with one thing wrong, or different, in it. */
export interface Mutation {
  readonly kind: MutationKind
  readonly text: string
}
export const mutationKinds = [
  'drop-line',
  'duplicate-line',
  'swap-lines',
  'break-quotes',
  'misspell',
  'drop-argument',
  'add-argument',
  'move-line',
  'unclosed-section',
  'broken-tag',
  'continuation',
  'change-value'
] as const
export type MutationKind = (typeof mutationKinds)[number]

/** mulberry32: the same numbers, 0 ≤ x < 1, for the same seed. */
export function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** One mutation of `text`, the same for the same seed. */
export function mutate(text: string, seed: number): Mutation {
  const random = chance(seed)
  const kind = mutationKinds[Math.floor(random() * mutationKinds.length)] ?? 'drop-line'
  return { kind, text: mutators[kind](text.split('\n'), (count) => Math.floor(random() * count)).join('\n') }
}

type Pick = (count: number) => number
type Mutator = (lines: string[], pick: Pick) => string[]

/** Lines that say something, by index. */
function saying(lines: readonly string[], like = /^\s*[^\s#]/): number[] {
  return lines.flatMap((line, i) => (like.test(line) ? [i] : []))
}
function choose<T>(from: readonly T[], pick: Pick): T {
  const chosen = from[pick(from.length)]
  if (chosen === undefined) throw new Error('nothing to choose from')
  return chosen
}
/** Changes one line that is like `like`; any line that says something, if none is. */
function changeLine(lines: string[], pick: Pick, change: (line: string) => string, like?: RegExp): string[] {
  const found = saying(lines, like)
  const at = choose(found.length === 0 ? saying(lines) : found, pick)
  return lines.map((line, i) => (i === at ? change(line) : line))
}
function words(line: string): string[] {
  return line.split(/(\s+)/)
}

const values = [
  '',
  '-1',
  '0',
  'abc',
  'On',
  '99999',
  '(',
  '[a',
  'http://',
  'ws://x:y/',
  '%{',
  '=',
  '""',
  '*:*',
  'a=b',
  '!',
  '/',
  '+x',
  '^(a|b',
  '500',
  '~',
  '"x'
]

const mutators: Record<MutationKind, Mutator> = {
  'drop-line': (lines, pick) => lines.toSpliced(choose(saying(lines), pick), 1),
  'duplicate-line': (lines, pick) => {
    const at = choose(saying(lines), pick)
    return lines.toSpliced(at, 0, lines[at] ?? '')
  },
  'swap-lines': (lines, pick) => {
    const [a, b] = [choose(saying(lines), pick), choose(saying(lines), pick)]
    return lines.with(a, lines[b] ?? '').with(b, lines[a] ?? '')
  },
  'break-quotes': (lines, pick) =>
    changeLine(lines, pick, (line) => (line.includes('"') ? line.replace('"', pick(2) === 0 ? '' : "'") : insertAt(line, '"', pick)), /"/),
  misspell: (lines, pick) => changeLine(lines, pick, (line) => line.replace(/[A-Za-z]{2,}/, (name) => misspelt(name, pick))),
  'drop-argument': (lines, pick) => changeLine(lines, pick, (line) => words(line).toSpliced(-2, 2).join(''), /\S\s+\S/),
  'add-argument': (lines, pick) => changeLine(lines, pick, (line) => `${line} ${choose(values, pick)}`),
  'move-line': (lines, pick) => {
    const from = choose(saying(lines, /^\s*[A-Za-z]/), pick)
    const moved = lines[from] ?? ''
    const rest = lines.toSpliced(from, 1)
    return rest.toSpliced(pick(rest.length + 1), 0, moved)
  },
  'unclosed-section': (lines, pick) => {
    const closing = saying(lines, /^\s*<\//)
    return closing.length === 0 ? [...lines, '<Location /x>'] : lines.toSpliced(choose(closing, pick), 1)
  },
  'broken-tag': (lines, pick) => changeLine(lines, pick, (line) => brokenTag(line, pick), /^\s*</),
  continuation: (lines, pick) => changeLine(lines, pick, (line) => `${line}${pick(4) === 0 ? ' ' : ''}\\`),
  'change-value': (lines, pick) => changeLine(lines, pick, (line) => changedValue(line, pick), /\S\s+\S/)
}

function insertAt(line: string, what: string, pick: Pick): string {
  const at = pick(line.length + 1)
  return line.slice(0, at) + what + line.slice(at)
}
function misspelt(name: string, pick: Pick): string {
  const at = pick(name.length)
  return name.slice(0, at) + choose(['', 'x', '-', '>'], pick) + name.slice(at + 1)
}
function brokenTag(line: string, pick: Pick): string {
  return choose(
    [line.replace('>', ''), line.replace('>', ' >'), line.replace('>', '> x'), line.replace('<', '</'), line.replace('</', '<')],
    pick
  )
}
function changedValue(line: string, pick: Pick): string {
  const parts = words(line.trimStart())
  const at = 2 * (1 + pick(Math.max(1, Math.floor((parts.length - 1) / 2))))
  return line.slice(0, line.length - line.trimStart().length) + parts.with(Math.min(at, parts.length - 1), choose(values, pick)).join('')
}
