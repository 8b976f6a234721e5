/** What is wrong with a filter, and where: chars [start, end). */
export interface FilterFault {
  readonly message: string
  readonly start: number
  readonly end: number
  readonly hint: string
}

/** A number lies between the two, both included. */
export interface NumberTest {
  readonly least: number
  readonly most: number
}

/** Of fields that say one of a few words. */
const oneOf: Readonly<Record<string, readonly string[]>> = {
  state: ['open', 'closed', 'failed', 'lost'],
  from: ['client', 'server']
}
const opcodes: Readonly<Record<string, number>> = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 }
const multiples: Readonly<Record<string, number>> = { '': 1, k: 1000, m: 1e6, g: 1e9 }
/** In µs. */
const durations: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6 }

/** A word that the field never says, such as `state:broken`, would find nothing for ever. null: it may be said, or be a part of what is. */
export function neverSaid(
  field: string,
  value: { readonly text: string; readonly start: number; readonly end: number }
): FilterFault | null {
  const words = oneOf[field]
  if (words === undefined || words.some((word) => word.includes(value.text.toLowerCase()))) return null
  return {
    message: `${field}: does not take ${JSON.stringify(value.text)}.`,
    start: value.start,
    end: value.end,
    hint: `One of ${words.join(', ')}.`
  }
}

/** Reads `>=1k`, `101`, `4xx`, `ping`, `<250ms`, `14:02`: what a value means depends on its field. */
export function parseNumberTest(
  field: string,
  value: { readonly text: string; readonly start: number; readonly end: number },
  nowUs: number
): NumberTest | { fault: FilterFault } {
  const [, operator = '', text = ''] = /^(<=|>=|<|>|=)?(.*)$/s.exec(value.text) ?? []
  const hundred = field === 'status' ? /^([1-9])xx$/i.exec(text) : null
  if (hundred !== null && operator === '') return { least: Number(hundred[1]) * 100, most: Number(hundred[1]) * 100 + 99 }
  const number = readNumber(field, text.toLowerCase(), nowUs)
  if (number === null)
    return {
      fault: {
        message: `${field}: does not take ${JSON.stringify(value.text)}.`,
        start: value.start,
        end: value.end,
        hint: examples[field] ?? examples['len'] ?? ''
      }
    }
  // "Since" is a beginning, whatever stands before it.
  return field === 'since' ? { least: number, most: Infinity } : range(operator, number)
}

const examples: Readonly<Record<string, string>> = {
  status: 'For example status:101, status:5xx or status:>=400.',
  close: 'For example close:1006 or close:>1001.',
  opcode: `One of ${Object.keys(opcodes).join(', ')}, or a number.`,
  len: 'For example len:125, len:>1k or len:<=64k.',
  since: 'For example since:5m, since:14:02 or since:2026-11-24T12:30.',
  dur: 'For example dur:>250ms or dur:<2s.'
}

function range(operator: string, number: number): NumberTest {
  const just = Math.max(Math.abs(number) * Number.EPSILON, Number.MIN_VALUE)
  switch (operator) {
    case '<':
      return { least: -Infinity, most: number - just }
    case '<=':
      return { least: -Infinity, most: number }
    case '>':
      return { least: number + just, most: Infinity }
    case '>=':
      return { least: number, most: Infinity }
    default:
      return { least: number, most: number }
  }
}

function readNumber(field: string, text: string, nowUs: number): number | null {
  if (field === 'opcode' && Object.hasOwn(opcodes, text)) return opcodes[text] as number
  if (field === 'since') return readSince(text, nowUs)
  if (field === 'dur') return readDuration(text)
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([kmg]?)(?:b)?$/.exec(text) ?? []
  return digits === undefined ? null : Number(digits) * (multiples[unit] as number)
}

function readDuration(text: string): number | null {
  const [, digits, unit = 's'] = /^(\d+(?:\.\d+)?)(us|ms|s|m|h|d)?$/.exec(text) ?? []
  return digits === undefined ? null : Number(digits) * (durations[unit] as number)
}

function readSince(text: string, nowUs: number): number | null {
  const ago = readDuration(text)
  if (ago !== null) return nowUs - ago
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text)
  if (clock !== null) return lastTime(nowUs, Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0))
  const atMs = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text.toUpperCase()) : NaN
  return Number.isNaN(atMs) ? null : atMs * 1000
}

/** The last time that a clock here showed this. */
function lastTime(nowUs: number, hours: number, minutes: number, seconds: number): number {
  const date = new Date(nowUs / 1000)
  date.setHours(hours, minutes, seconds, 0)
  if (date.getTime() * 1000 > nowUs) date.setDate(date.getDate() - 1)
  return date.getTime() * 1000
}
