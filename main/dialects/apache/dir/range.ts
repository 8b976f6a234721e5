import type { Request } from '../request/request.js'

export interface ByteRange {
  readonly from: number
  readonly bytes: number
}

/** The one stretch that a `Range` asks for (RFC 9110 §14.2). null: the whole; several stretches are answered whole, too. */
export function rangeOf(r: Request, size: number, tag: string | null, mtimeMs: number): ByteRange | 'unsatisfiable' | null {
  const range = r.header('range')
  if (range === undefined || r.method === 'POST' || !ifRangeHolds(r, tag, mtimeMs)) return null
  const match = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(range)
  if (match === null) return null
  const [first = '', last = ''] = [match[1], match[2]]
  if (first === '' && last === '') return null
  if (first === '') return suffix(Number(last), size)
  const from = Number(first)
  const to = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < from) return null
  if (from >= size) return 'unsatisfiable'
  return from === 0 && to === size - 1 && last !== '' && size === 0 ? null : { from, bytes: to - from + 1 }
}

function suffix(bytes: number, size: number): ByteRange | 'unsatisfiable' {
  if (bytes === 0 || size === 0) return 'unsatisfiable'
  const from = Math.max(0, size - bytes)
  return { from, bytes: size - from }
}

function ifRangeHolds(r: Request, tag: string | null, mtimeMs: number): boolean {
  const condition = r.header('if-range')
  if (condition === undefined) return true
  if (condition.startsWith('"')) return condition === tag
  if (condition.startsWith('W/')) return false
  return Date.parse(condition) / 1000 === Math.floor(mtimeMs / 1000)
}
