import { tableVersion } from '../../directives.data.js'
import { whenApplies } from './conditionals.js'
import type { ReadCall, ReadResult } from './state.js'

const badVersion = 'Version appears to be invalid. It must have the format major[.minor[.patch]] where major, minor and patch are numbers.'

/** `<IfVersion [[!]operator] version>`: mod_version's start_ifversion, against the version that the table was made from. */
export function ifVersion(call: ReadCall): ReadResult {
  const asked = question(call.words)
  if (asked === null) return { error: `${call.name}> directive missing closing '>'` }
  const reverse = asked.operator.startsWith('!') && asked.operator.length > 1
  const answer = compare(reverse ? asked.operator.slice(1) : asked.operator, asked.version)
  if (typeof answer === 'string') return { error: answer === 'operator' ? `unrecognized operator '${asked.operator}'` : answer }
  return whenApplies(call, answer !== reverse)
}

/** Takes the closing `>` off, which may be a word of its own behind quotes. */
function question(words: readonly string[]): { operator: string; version: string } | null {
  let [operator = '', version, end] = words
  if (version === undefined) [operator, version] = ['=', operator]
  if (end === undefined && version === '>') [operator, version, end] = ['=', operator, '>']
  if (version === '') return null
  if (end === '>') return { operator, version }
  return version.endsWith('>') ? { operator, version: version.slice(0, -1) } : null
}

function compare(operator: string, version: string): boolean | string {
  if (operator === '~') return matches(version)
  if ((operator === '=' || operator === '==') && version.startsWith('/')) {
    return version.length > 1 && version.endsWith('/') ? matches(version.slice(1, -1)) : 'Missing delimiting / of regular expression.'
  }
  if (!/^[=<>]=?$/.test(operator)) return 'operator'
  const order = ordering(version)
  if (order === null) return badVersion
  const equal = operator.startsWith('=') || operator.endsWith('=')
  return (order === 0 && equal) || (order < 0 && operator.startsWith('<')) || (order > 0 && operator.startsWith('>'))
}

/** Below, equal or above 0, as the running version is older, the same or newer. */
function ordering(version: string): number | null {
  if (!/^\d+(\.\d+)?(\.\d+)?\.?$/.test(version)) return null
  const asked = version.split('.').map(Number)
  const running = tableVersion.split('.').map(Number)
  for (let i = 0; i < 3; i++) if ((running[i] ?? 0) !== (asked[i] ?? 0)) return (running[i] ?? 0) - (asked[i] ?? 0)
  return 0
}

function matches(pattern: string): boolean | string {
  try {
    return new RegExp(pattern).test(tableVersion)
  } catch {
    return 'Unable to compile regular expression'
  }
}
