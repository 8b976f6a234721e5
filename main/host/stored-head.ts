import type { RequestHead } from '../../shared/heads.js'

/** A request head as the capture keeps it. */
export interface StoredHead {
  readonly startLine: string
  readonly fields: readonly (readonly [name: string, value: string])[]
}

export function readRequestHead({ startLine, fields }: StoredHead): RequestHead {
  const [method = '', target = '', version = 'HTTP/0.9'] = startLine.split(' ')
  return { method, target, version, fields: fields.flat() }
}
