import { clockTime, duration } from '../../../state/clock.js'

const yearUs = 365.25 * 86_400e6
/** Keys that are about time, for numbers that could be anything. */
const aboutTime = /(?:at|time|timestamp|ts|date|exp|iat|nbf|created|updated|modified|since|until|start|end|expires)$/i
const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/

/** Reads out what looks like a time: `14:31:19.511, 2 ms before the frame`. null: it is none. */
export function readTime(value: string, kind: 'number' | 'string', key: string, frameUs: number, utc: boolean): string | null {
  const atUs = kind === 'string' ? isoUs(value) : numberUs(value, key, frameUs)
  return atUs === null ? null : say(atUs, frameUs, utc)
}

function isoUs(value: string): number | null {
  const ms = iso.test(value) ? Date.parse(value) : NaN
  return Number.isFinite(ms) ? ms * 1000 : null
}

/** By the number of digits: s, ms, µs or ns since the epoch, when that is within 30 years of the frame. */
function numberUs(value: string, key: string, frameUs: number): number | null {
  const digits = /^(\d+)(?:\.\d+)?$/.exec(value)?.[1]?.length ?? 0
  const unit = { 10: 1e6, 13: 1e3, 16: 1, 19: 1e-3 }[digits]
  if (unit === undefined || (digits === 10 && !aboutTime.test(key))) return null
  const atUs = Number(value) * unit
  return Math.abs(atUs - frameUs) < 30 * yearUs ? atUs : null
}

function say(atUs: number, frameUs: number, utc: boolean): string {
  const by = Math.round(atUs - frameUs)
  const clock = clockTime(atUs, { utc, date: Math.abs(by) > 12 * 3600e6 })
  if (Math.abs(by) < 1000) return `${clock}, as the frame`
  return `${clock}, ${duration(Math.abs(by))} ${by < 0 ? 'before' : 'after'} the frame`
}
