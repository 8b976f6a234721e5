const counted = new Intl.NumberFormat('en-US')
const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** `1,204` */
export function count(value: number): string {
  return counted.format(value)
}

/** `1 tunnel`, `1,204 frames`. */
export function counts(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** In thousands, as disks and networks count: `0 B`, `112 kB`, `1.4 MB`, `3.1 GB`. Exact bytes are `count`. */
export function size(bytes: number): string {
  let value = bytes
  let unit = 0
  // Half below: 999,960 is 1.0 MB, not 1000 kB.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0
  return `${value.toFixed(digits)} ${units[unit]}`
}
/** `112 kB/s` */
export function rate(bytesPerSecond: number): string {
  return `${size(bytesPerSecond)}/s`
}
