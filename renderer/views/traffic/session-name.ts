import { calendarDay, clockSeconds } from '../../state/clock.js'

/** A session is named by when it began, in UTC: `2026-11-28T14-21-21Z.swycap`. Other names stay as they are. */
export function sessionSays(name: string, utc: boolean): string {
  const [, day, hours, minutes, seconds] = /^(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})/.exec(name) ?? []
  const atMs = Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`)
  return Number.isNaN(atMs) ? name : `${calendarDay(atMs * 1000, utc)} ${clockSeconds(atMs, utc)}`
}
