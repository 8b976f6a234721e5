import { mergeDirConf, type DirConf, type IfSection, type Section, type Server, type Walked } from '../config/server.js'
import { holdsFor } from '../expr/expression.js'
import type { Request } from '../request/request.js'

type Layer = Pick<Section, 'conf' | 'id'>

/** Configurations that sections lay over each other, kept by which sections those were: there are few combinations. */
const mostMerged = 1024

function laid(server: Server, base: DirConf, baseKey: string, sections: readonly Layer[]): DirConf {
  if (sections.length === 0) return base
  const key = `${baseKey}|${sections.map((section) => section.id).join(',')}`
  let conf = server.merged.get(key)
  if (conf === undefined) {
    conf = sections.reduce((below, section) => mergeDirConf(below, section.conf), base)
    if (server.merged.size >= mostMerged) server.merged.clear()
    server.merged.set(key, conf)
  }
  return conf
}

/** `<Location>` and `<LocationMatch>`, in the order of the file, over whatever `over` is. */
export function locationWalk(r: Request, over: Walked): Walked {
  const { locations, ifs } = r.server
  if (locations.length === 0) return ifs.length === 0 ? over : ifWalk(r, over)
  const found = locations.filter((section) => locationMatches(section, r.uri))
  for (const section of found) r.tookPart(section.id)
  const walked = lay(r.server, over, found, 'L')
  return ifs.length === 0 ? walked : ifWalk(r, walked)
}

/** `<If>` comes last of all sections; `<ElseIf>` and `<Else>` look at what the one before them came to. */
function ifWalk(r: Request, over: Walked): Walked {
  const found: IfSection[] = []
  // a condition sees what the sections below it have set
  r.dir = over.conf
  let before = false
  for (const section of r.server.ifs) {
    if (section.otherwise && before) continue
    before = section.condition === null || holdsFor(r, section.condition)
    if (before) found.push(section)
    else r.missedBy(section.id)
  }
  for (const section of found) r.tookPart(section.id)
  return lay(r.server, over, found, 'I')
}

function lay(server: Server, over: Walked, found: readonly Layer[], kind: string): Walked {
  if (found.length === 0) return over
  const key = `${over.key}${kind}${found.map((section) => section.id).join(',')}`
  return { conf: laid(server, over.conf, over.key, found), key }
}

function locationMatches(section: Section, uri: string): boolean {
  if (section.pattern !== null) return section.pattern.test(uri)
  const { path } = section
  if (!uri.startsWith(path)) return false
  return path.endsWith('/') || uri.length === path.length || uri.charCodeAt(path.length) === 0x2f
}

/** `<Directory>` from the root down to the file's own, then `<DirectoryMatch>`es. `path` is a file or a directory. */
export function directoryWalk(r: Request, path: string, over: Walked): Walked {
  const { directories } = r.server
  if (directories.length === 0) return over
  const found = directories.filter((section) => directoryMatches(section, path))
  for (const section of found) r.tookPart(section.id)
  return lay(r.server, over, found, 'D')
}

/** Whether a `<Directory>` holds for a file or a folder. */
export function directoryMatches(section: Section, path: string): boolean {
  if (section.pattern !== null) return section.pattern.test(path) || section.pattern.test(`${path}/`)
  const own = section.path.endsWith('/') ? section.path : `${section.path}/`
  return path.startsWith(own) || path === section.path || `${path}/` === own
}

/** `<Files>` and `<FilesMatch>` by a file's own name; they say nothing to what is proxied. */
export function fileWalk(r: Request, path: string, over: Walked): Walked {
  const { files } = r.server
  if (files.length === 0) return over
  const name = path.slice(path.lastIndexOf('/') + 1)
  const found = files.filter((section) => {
    if (section.within !== undefined && !directoryMatches(section.within, path)) return false
    return section.pattern !== null ? section.pattern.test(name) : section.path === name
  })
  for (const section of found) r.tookPart(section.id)
  return lay(r.server, over, found, 'F')
}

/** `<Proxy>` and `<ProxyMatch>` by the URL that is asked for. */
export function proxyWalk(r: Request, to: { readonly real: string; readonly rest: string }, over: Walked): Walked {
  const { proxies } = r.server
  if (proxies.length === 0) return over
  const url = to.real + to.rest
  const found = proxies.filter((section) => (section.pattern !== null ? section.pattern.test(url) : url.startsWith(section.path)))
  for (const section of found) r.tookPart(section.id)
  return lay(r.server, over, found, 'P')
}
