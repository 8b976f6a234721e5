import type { ExchangeRow } from '../../../../shared/rows.js'

const of: Readonly<Record<string, (row: ExchangeRow) => readonly string[]>> = {
  host: ({ host }) => [host],
  path: ({ target }) => [target.replace(/\?.*$/s, '')],
  method: ({ method }) => [method],
  status: ({ status }) => (status === 0 ? [] : [String(status)]),
  close: ({ closeClient, closeServer }) => [closeClient, closeServer].filter((code) => code !== 0).map(String),
  route: ({ routeFile, routeLine }) => (routeFile === '' ? [] : [String(routeLine)]),
  proto: ({ subprotocol }) => (subprotocol === '' ? [] : [subprotocol])
}

/** What rows have in a field, most of them first. */
export function valuesSeen(rows: readonly ExchangeRow[], field: string): readonly string[] {
  const times = new Map<string, number>()
  for (const row of rows) for (const value of of[field]?.(row) ?? []) if (value !== '') times.set(value, (times.get(value) ?? 0) + 1)
  return [...times].sort(([, a], [, b]) => b - a).map(([value]) => value)
}
