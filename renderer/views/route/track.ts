import type { TraceLine } from '../../../shared/trace.js'

/** A line with the words that it is shown with. */
export interface Station {
  readonly kind: 'station' | 'siding' | 'default' | 'note'
  /** What acts here: `Virtual host`, `mod_proxy`. */
  readonly title: string
  readonly lines: readonly TraceLine[]
}

/** A station of the track, and the sidings that it passes: lines of its kind that did not apply. */
export interface TrackPart {
  readonly station: Station
  readonly sidings: readonly Station[]
}

const titles: readonly (readonly [pattern: RegExp, title: string])[] = [
  [/^listen\b/i, 'Listener'],
  [/^<virtualhost\b/i, 'Virtual host'],
  [/^<(?:location|locationmatch|directory|directorymatch|files|filesmatch|proxy|proxymatch|if|elseif|else)\b/i, 'Section'],
  [/^(?:rewrite\w*)\b/i, 'mod_rewrite'],
  [/^proxypassreverse\w*\b/i, 'Answer mapped back'],
  [/^(?:proxypass|proxypassmatch)\b/i, 'mod_proxy'],
  [/^proxy\w*\b/i, 'How it is proxied'],
  [/^requestheader\b/i, 'Fields to the backend'],
  [/^header\b/i, 'Fields to the client'],
  [/^redirect\w*\b/i, 'Redirect'],
  [/^(?:alias|scriptalias)\w*\b/i, 'Alias'],
  [/^(?:setenvif|browsermatch|setenv|unsetenv|passenv)\w*\b/i, 'Variables'],
  [/^(?:require|<require\w*|auth\w*|allow|deny|order)\b/i, 'Access'],
  [/^errordocument\b/i, 'Error page'],
  [/^(?:documentroot|directoryindex|options)\b/i, 'Files'],
  [/^"?match"?/i, 'Route'],
  [/^"?(?:to|root|redirect|respond)"?\s*:/i, 'Where it goes'],
  [/^(?:default )?"?upgrade"?/i, 'Upgrade']
]

/** What a line acts as, in two words. */
export function titleOf(directive: string): string {
  const found = titles.find(([pattern]) => pattern.test(directive.trim()))
  if (found !== undefined) return found[1]
  return /^default of (\S+)/.exec(directive)?.[1] ?? wordOf(directive)
}
/** The directive's name. */
export function wordOf(directive: string): string {
  return /^[<"]?[\w-]+/.exec(directive.trim())?.[0].replace(/^[<"]/, '') ?? directive
}

/**
 * The railway picture of a trace: a station for each run of applied lines of one kind, in the order they acted; a line that
 * did not apply is a siding before the station of its kind, else of the last one that stands above it in its file. One that was left
 * out is a siding of its own, behind the last section that it stands in: it may decide before all that follows.
 */
export function trackOf(lines: readonly TraceLine[]): TrackPart[] {
  const stations = withLeftOut(
    stationsOf(lines.filter(({ verdict }) => verdict === 'applied' || verdict === 'default')),
    lines.filter(isLeftOut)
  )
  const notes = lines.filter(({ verdict }) => verdict === 'note')
  const sidings = stations.map((): TraceLine[] => [])
  for (const line of lines) {
    if (line.verdict === 'missed') sidings[placeOf(line, stations)]?.push(line)
  }
  const parts = stations.map((station, at): TrackPart => ({
    station,
    sidings: (sidings[at] ?? []).map((line) => ({ kind: 'siding', title: titleOf(line.directive), lines: [line] }))
  }))
  return [...parts, ...notes.map((line): TrackPart => ({ station: { kind: 'note', title: noteTitle(line), lines: [line] }, sidings: [] }))]
}

function stationsOf(lines: readonly TraceLine[]): Station[] {
  const stations: Station[] = []
  for (const line of lines) {
    const title = titleOf(line.directive)
    const kind = line.verdict === 'default' ? 'default' : 'station'
    const last = stations.at(-1)
    if (last !== undefined && last.title === title && last.kind === kind)
      stations[stations.length - 1] = { ...last, lines: [...last.lines, line] }
    else stations.push({ kind, title, lines: [line] })
  }
  return stations
}

function withLeftOut(stations: readonly Station[], leftOut: readonly TraceLine[]): Station[] {
  const all = [...stations]
  for (const line of leftOut) {
    const section = all.findLastIndex(({ title, lines }) => sections.has(title) && lines.some(({ span }) => isAbove(span, line.span)))
    const before = all.findLastIndex(({ lines }) => lines.some(isLeftOut))
    all.splice(Math.max(section, before) + 1, 0, { kind: 'siding', title: titleOf(line.directive), lines: [line] })
  }
  return all
}
const sections: ReadonlySet<string> = new Set(['Virtual host', 'Section'])

export function isLeftOut({ verdict }: TraceLine): boolean {
  return verdict === 'leftOut'
}

function placeOf(missed: TraceLine, stations: readonly Station[]): number {
  const title = titleOf(missed.directive)
  const same = stations.findIndex((station) => station.kind !== 'siding' && station.title === title)
  if (same >= 0) return same
  const above = stations.findLastIndex(({ kind, lines }) => kind !== 'siding' && lines.some(({ span }) => isAbove(span, missed.span)))
  return above >= 0 ? above : stations.length - 1
}
function isAbove(a: TraceLine['span'], b: TraceLine['span']): boolean {
  return a !== null && b !== null && a.file === b.file && a.line <= b.line
}
/** `no Listen` and the like: what is assumed. */
function noteTitle({ directive }: TraceLine): string {
  return directive.charAt(0).toUpperCase() + directive.slice(1)
}

/** The lines that did not apply; first those that were left out. */
export function missedOf(lines: readonly TraceLine[]): TraceLine[] {
  return [...lines.filter(isLeftOut), ...lines.filter(({ verdict }) => verdict === 'missed')]
}

/** Why a line did not apply, in one word: the tag beside it. */
export function reasonOf(line: TraceLine): string {
  if (isLeftOut(line)) return 'left out'
  const { says } = line
  if (/does not begin with/.test(says)) return 'prefix'
  if (/did not fire|condition/i.test(says)) return 'condition'
  if (/pattern/.test(says)) return 'pattern'
  if (/host/i.test(says)) return 'host'
  if (/method/i.test(says)) return 'method'
  return 'passed by'
}
