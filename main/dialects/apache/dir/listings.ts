import type { Finding } from '../../../../shared/trace.js'
import type { Section, Server } from '../config/server.js'
import type { Said } from '../core/conf.js'
import { servedFolders } from '../core/served-folders.js'
import { directoryMatches } from '../core/walk.js'

/** mod_autoindex makes pages of folders where `Options Indexes` says so; here such a folder is 403, which is said. */
export function listingFindings(servers: readonly Server[]): Finding[] {
  const found = new Map<string, Finding>()
  for (const server of servers) {
    if (!server.site.modules.has('mod_autoindex.c')) continue
    for (const { span } of servedFolders(server).flatMap((folder) => listing(server, folder))) {
      const message = 'Options Indexes is not modelled yet: a folder without an index file is listed by httpd, and 403 here.'
      found.set(`${span.file}:${span.line}`, { code: 'unsupported-directive', severity: 'warning', message, span, routing: false })
    }
  }
  return [...found.values()]
}

/** Where listings of a folder, or of one in it, are switched on. */
function listing(server: Server, folder: string): readonly Said[] {
  const around = server.directories.filter((section) => directoryMatches(section, folder))
  const inside = server.directories.filter(
    (section) => section.pattern === null && section.path.startsWith(`${folder}/`) && !around.includes(section)
  )
  const said = (section: Section): Said | undefined => section.conf.core.indexes
  const atFolder = around.map(said).findLast(Boolean) ?? server.base.core.indexes
  return [atFolder, ...inside.map(said), ...server.locations.map(said)].filter((each): each is Said => each?.on === true)
}
