import { ownUrl } from '../http/server-name.js'
import { substitute } from '../http/regex.js'
import { isRedirect } from '../http/status-lines.js'
import { set } from '../http/table.js'
import { escapePath } from '../http/uri.js'
import { prefixLength } from '../proxy/translate.js'
import type { Request } from '../request/request.js'
import type { AliasDir, Mapping, Redirect } from './module.js'

/** mod_alias: the status of the first `Redirect` that matches, its Location set; null: none does. */
export function redirectOf(r: Request, dir: AliasDir, list: readonly Redirect[]): number | null {
  if (dir.whole !== undefined) {
    r.routedBy(dir.whole.id)
    return answer(r, dir.whole.status, escapedTarget(dir.whole.target))
  }
  for (const redirect of list) {
    const target = mapped(r, redirect, true)
    if (target === null) continue
    r.routedBy(redirect.id)
    return answer(r, redirect.status, target)
  }
  return null
}

/** The file that the first `Alias` names. */
export function aliasOf(r: Request, list: readonly Mapping[]): string | null {
  for (const alias of list) {
    const target = mapped(r, alias, false)
    if (target === null) continue
    r.routedBy(alias.id)
    return target
  }
  return null
}

function mapped(r: Request, entry: Mapping, redirects: boolean): string | null {
  if (entry.pattern !== null) {
    const match = entry.pattern.exec(r.uri)
    if (match === null) return null
    const target = substitute(entry.real, match)
    return redirects ? escapedTarget(target) : target
  }
  const length = prefixLength(r.uri, entry.fake)
  if (length === 0) return null
  const rest = r.uri.slice(length)
  return entry.real + (redirects ? escapePath(rest) : rest)
}

/** The path is escaped; query and fragment stay as written. */
function escapedTarget(target: string): string {
  const end = target.search(/[?#]/)
  return end < 0 ? escapePath(target) : escapePath(target.slice(0, end)) + target.slice(end)
}

function answer(r: Request, status: number, target: string): number {
  if (!isRedirect(status)) return status
  const url = target.startsWith('/') ? ownUrl(r, target) : target
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return 500
  set(r.out, 'Location', r.args !== null && !url.includes('?') ? `${url}?${r.args}` : url)
  return status
}
