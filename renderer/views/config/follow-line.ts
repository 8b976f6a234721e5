/** Where a line of one text stands in another. Not `kept`: it is not there any more, and this is where it was. */
export interface Followed {
  readonly line: number
  readonly kept: boolean
}

/** @param line from 1; one beyond the text is followed as its last */
export function followLine(before: string, after: string, line: number): Followed {
  if (before === after) return { line, kept: true }
  const [old, now] = [before.split('\n'), after.split('\n')]
  const places = placesIn(old, now)
  const at = Math.max(1, Math.min(line, old.length)) - 1
  const place = places[at] ?? null
  if (place !== null) return { line: place + 1, kept: true }
  const above = places.slice(0, at).findLast((each) => each !== null) ?? -1
  return { line: Math.min(above + 2, now.length), kept: false }
}

type Places = (number | null)[]

/** For each line of the old text its place in the new one, from 0; null: it is not there for sure. */
function placesIn(old: readonly string[], now: readonly string[]): Places {
  const places: Places = old.map(() => null)
  match(old, now, { from: 0, to: old.length }, { from: 0, to: now.length }, places)
  return places
}

interface Range {
  readonly from: number
  readonly to: number
}

/** The patience diff: equal ends, then lines that stand once in each text, then the same between them. */
function match(old: readonly string[], now: readonly string[], a: Range, b: Range, places: Places): void {
  let [start, offset] = [a.from, b.from - a.from]
  for (; start < a.to && start + offset < b.to && old[start] === now[start + offset]; start++) places[start] = start + offset
  let [end, shift] = [a.to, b.to - a.to]
  for (; end > start && end + shift > start + offset && old[end - 1] === now[end + shift - 1]; end--) places[end - 1] = end + shift - 1
  const [inner, other] = [
    { from: start, to: end },
    { from: start + offset, to: end + shift }
  ]
  let [last, lastNow] = [inner.from, other.from]
  const anchors = anchorsIn(old, now, inner, other)
  if (anchors.length === 0) return
  for (const [at, nowAt] of [...anchors, [inner.to, other.to] as const]) {
    match(old, now, { from: last, to: at }, { from: lastNow, to: nowAt }, places)
    if (at < inner.to) places[at] = nowAt
    last = at + 1
    lastNow = nowAt + 1
  }
}

/** Lines that stand once in each range, as many as keep their order. */
function anchorsIn(old: readonly string[], now: readonly string[], a: Range, b: Range): (readonly [number, number])[] {
  const [inOld, inNow] = [singles(old, a), singles(now, b)]
  const pairs = [...inOld].flatMap(([text, at]): [number, number][] => {
    const nowAt = inNow.get(text)
    return nowAt === undefined ? [] : [[at, nowAt]]
  })
  return rising(pairs)
}

function singles(lines: readonly string[], { from, to }: Range): Map<string, number> {
  const found = new Map<string, number>()
  const twice = new Set<string>()
  for (let at = from; at < to; at++) {
    const text = lines[at] as string
    if (found.has(text)) twice.add(text)
    else found.set(text, at)
  }
  for (const text of twice) found.delete(text)
  return found
}

/** The longest part of the pairs whose second numbers rise (patience sorting). @param pairs by their first */
function rising(pairs: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const ends: number[] = []
  const before: number[] = []
  pairs.forEach(([, value], index) => {
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((pairs[ends[middle] as number]?.[1] ?? 0) < value) low = middle + 1
      else high = middle
    }
    before[index] = low === 0 ? -1 : (ends[low - 1] as number)
    ends[low] = index
  })
  const found: (readonly [number, number])[] = []
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at] as number) found.push(pairs[at] as readonly [number, number])
  return found.reverse()
}
