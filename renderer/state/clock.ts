/** Times and durations as screens write them (ui/UI.md §1). In: µs, as captures have them. */

export interface ClockChoice {
  readonly utc: boolean
  /** The date before the time: where a capture spans days. */
  readonly date?: boolean
}

/** Seconds with ms since a beginning: `172.301`. */
export function sinceSeconds(atUs: number, fromUs: number): string {
  return ((atUs - fromUs) / 1e6).toLocaleString('en-US', { minimumFractionDigits: 3, maximumFractionDigits: 3 })
}

/** Time of day with ms: `14:31:19.513`, `2026-11-28 14:31:19.513`. */
export function clockTime(atUs: number, { utc, date = false }: ClockChoice): string {
  const { day, time } = partsOf(atUs, utc)
  return date ? `${day} ${time}` : time
}
/** Without ms: `14:02:11`. */
export function clockSeconds(atMs: number, utc: boolean): string {
  return partsOf(atMs * 1000, utc).time.slice(0, 8)
}
export function calendarDay(atUs: number, utc: boolean): string {
  return partsOf(atUs, utc).day
}

function partsOf(atUs: number, utc: boolean): { day: string; time: string } {
  const ms = Math.floor(atUs / 1000)
  // An ISO time of what the clock on the wall shows: the offset is taken off beforehand.
  const shown = new Date(utc ? ms : ms - new Date(ms).getTimezoneOffset() * 60_000)
  const [day = '', time = ''] = shown.toISOString().slice(0, 23).split('T')
  return { day, time }
}

const units = [
  { name: 'd', us: 86_400e6, next: { name: 'h', us: 3_600e6, pad: 2 } },
  { name: 'h', us: 3_600e6, next: { name: 'm', us: 60e6, pad: 2 } },
  { name: 'm', us: 60e6, next: { name: 's', us: 1e6, pad: 2 } }
] as const

/** Two significant units: `0.06 ms`, `38 ms`, `1.25 s`, `60.0 s`, `2 m 58 s`, `21 h 04 m`, `3 d 02 h`. */
export function duration(us: number): string {
  if (us < 0) return `−${duration(-us)}`
  if (us < 995) return us === 0 ? '0 ms' : `${(us / 1000).toFixed(2)} ms`
  if (us < 9_950) return `${trim((us / 1000).toFixed(1))} ms`
  if (us < 999_500) return `${Math.round(us / 1000)} ms`
  if (us < 9_995_000) return `${(us / 1e6).toFixed(2)} s`
  if (us < 99.95e6) return `${(us / 1e6).toFixed(1)} s`
  // Rounded to the smaller of its two units first, so that 59.9 s carry over.
  for (const { name, us: size, next } of units) {
    const whole = Math.round(us / next.us)
    const per = size / next.us
    if (whole >= per) return `${Math.floor(whole / per)} ${name} ${String(whole % per).padStart(next.pad, '0')} ${next.name}`
  }
  return `${Math.round(us / 1e6)} s`
}

/** How long ago, for lists that are not of this moment: `just now`, `14 m ago`, `3 h ago`, `2 d ago`. */
export function ago(atMs: number, nowMs: number): string {
  const seconds = Math.max(0, (nowMs - atMs) / 1000)
  if (seconds < 60) return 'just now'
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ago`
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`
}

function trim(text: string): string {
  return text.replace(/\.0$/, '')
}
