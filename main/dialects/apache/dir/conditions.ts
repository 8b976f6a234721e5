import type { FileFacts } from '../../../../shared/steps.js'
import type { Request } from '../request/request.js'

/** `"size-mtime"` in hexadecimal, the time in µs (`FileETag MTime Size`); weak where the file changed a moment ago. */
export function entityTag(r: Request, file: FileFacts): string | null {
  const parts = r.dir.core.etag ?? ['mtime', 'size']
  if (parts.length === 0) return null
  const words: string[] = []
  if (parts.includes('inode')) words.push(file.inode.toString(16))
  if (parts.includes('size')) words.push(file.bytes.toString(16))
  if (parts.includes('mtime')) words.push(BigInt(Math.round(file.mtimeMs * 1000)).toString(16))
  const weak = r.startedAtUs / 1000 - file.mtimeMs < 1000
  return `${weak ? 'W/' : ''}"${words.join('-')}"`
}

/** RFC 9110 §13.2.2, as ap_meets_conditions has it. null: go on. */
export function preconditions(r: Request, file: FileFacts, tag: string | null): 304 | 412 | null {
  const modified = Math.floor(file.mtimeMs / 1000)
  const match = r.header('if-match')
  if (match !== undefined) {
    if (match.trim() !== '*' && !listed(match, tag, true)) return 412
  } else if (olderThan(r.header('if-unmodified-since'), modified)) return 412
  const none = r.header('if-none-match')
  if (none !== undefined) {
    if (none.trim() !== '*' && !listed(none, tag, false)) return null
    return r.method === 'GET' || r.method === 'HEAD' ? 304 : 412
  }
  const since = r.header('if-modified-since')
  if (since === undefined || (r.method !== 'GET' && r.method !== 'HEAD')) return null
  const at = Date.parse(since) / 1000
  return !Number.isNaN(at) && at >= modified && at <= r.nowUs / 1e6 ? 304 : null
}

function olderThan(since: string | undefined, modified: number): boolean {
  if (since === undefined) return false
  const at = Date.parse(since) / 1000
  return !Number.isNaN(at) && modified > at
}

function listed(list: string, tag: string | null, strong: boolean): boolean {
  if (tag === null) return false
  const bare = (text: string): string => (strong ? text : text.replace(/^W\//, ''))
  return list.split(',').some((each) => bare(each.trim()) === bare(tag))
}
