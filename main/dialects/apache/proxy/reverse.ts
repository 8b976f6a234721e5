import { ownUrl } from '../http/server-name.js'
import type { Request } from '../request/request.js'

/** `ProxyPassReverse`: the first rule whose URL the value begins with puts this server's own in its place. */
export function reverseLocation(r: Request, url: string): string {
  for (const rule of r.dir.proxy.reverse) {
    const part = rule.real.startsWith('/') ? pathOf(url) : url
    if (rule.real === '' || part.slice(0, rule.real.length).toLowerCase() !== rule.real.toLowerCase()) {
      r.missedBy(rule.id)
      continue
    }
    r.tookPart(rule.id)
    const own = rule.fake + part.slice(rule.real.length)
    return /^[a-z][a-z0-9+.-]*:\/\//i.test(own) ? own : ownUrl(r, own)
  }
  return url
}

function pathOf(url: string): string {
  const authority = url.indexOf('://')
  const path = authority < 0 ? -1 : url.indexOf('/', authority + 3)
  return path < 0 ? url : url.slice(path)
}

/** `ProxyPassReverseCookiePath` and `…Domain`: a value that begins like the rule's is replaced whole, not its prefix. */
export function reverseCookie(r: Request, cookie: string): string {
  const { cookiePaths, cookieDomains } = r.dir.proxy
  if (cookiePaths.length === 0 && cookieDomains.length === 0) return cookie
  return cookie
    .split(';')
    .map((part) => {
      const match = /^(\s*)(path|domain)=(.*)$/is.exec(part)
      if (match === null) return part
      const [, space = '', name = '', value = ''] = match
      const isPath = name.toLowerCase() === 'path'
      const rule = (isPath ? cookiePaths : cookieDomains).find(({ fake }) =>
        isPath ? value.startsWith(fake) : value.toLowerCase().startsWith(fake.toLowerCase())
      )
      if (rule === undefined) return part
      r.tookPart(rule.id)
      return `${space}${name}=${rule.real}`
    })
    .join(';')
}
