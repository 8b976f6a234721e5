import type { LogRow } from '../../../shared/rows.js'
import { clockTime } from '../../state/clock.js'

/** A line as it is copied: with its date, so that it can stand in a report. */
export function lineText({ atUs, level, source, code, message }: LogRow, utc: boolean): string {
  const named = code === '' || code === source ? '' : ` ${code}`
  return `${clockTime(atUs, { utc, date: true })}${utc ? 'Z' : ''} ${level} ${source}${named} ${message}`
}
