import type { ConfigHost } from '../../../../shared/site.js'
import type { Finding } from '../../../../shared/trace.js'
import type { Section, Server } from '../config/server.js'
import type { Said } from './conf.js'
import { servedFolders } from './served-folders.js'
import { directoryMatches } from './walk.js'

/** How many files and folders are looked at, in all folders that are served together. */
export const mostEntries = 10_000

/** A finding for each `.htaccess` that httpd would read (`AllowOverride`) in, above or below a folder that is served. */
export function accessFileFindings(servers: readonly Server[], host: ConfigHost): Finding[] {
  const search = new Search(host)
  for (const server of servers) search.of(server)
  return [...search.findings.values()]
}

class Search {
  readonly findings = new Map<string, Finding>()
  readonly #host: ConfigHost
  #left = mostEntries

  constructor(host: ConfigHost) {
    this.#host = host
  }

  of(server: Server): void {
    const allowing = server.directories.filter(({ conf }) => conf.core.override?.on === true || conf.core.overrideList?.on === true)
    if (allowing.length === 0) return
    for (const folder of servedFolders(server)) {
      for (const above of foldersAbove(folder)) this.#lookIn(server, above)
      this.#below(server, folder, allowing)
    }
  }

  #below(server: Server, folder: string, allowing: readonly Section[]): void {
    const allowed = this.#lookIn(server, folder)
    if (allowed === null && !allowing.some((section) => section.pattern !== null || section.path.startsWith(`${folder}/`))) return
    for (const entry of this.#entries(folder)) {
      if (this.#left-- <= 0) return this.#tooMany(folder, allowed ?? (allowing[0] as Section).conf.core.override)
      if (this.#host.stat(entry) === 'directory') this.#below(server, entry, allowing)
    }
  }

  /** @returns what allows such files in this folder. */
  #lookIn(server: Server, folder: string): Said | null {
    const allowed = allowedIn(server, folder === '' ? '/' : folder)
    if (allowed === null) return null
    for (const name of server.conf.core.accessFiles ?? ['.htaccess']) {
      const file = `${folder}/${name}`
      if (this.#host.stat(file) !== 'file') continue
      const message = `${file} is not read, as such files are not modelled yet: who may see ${folder}/, and what it answers, may differ.`
      this.#say(
        {
          message,
          routing: true,
          hint: 'To serve the folder without it: “Start without…” on the Config screen, --lenient on the command line.'
        },
        allowed
      )
    }
    return allowed
  }

  #entries(folder: string): readonly string[] {
    const literal = folder.replace(/[\\*?[\]]/g, '\\$&')
    return [...this.#host.glob(`${literal}/*`), ...this.#host.glob(`${literal}/.*`)]
  }

  #tooMany(folder: string, allowed: Said | undefined): void {
    if (allowed === undefined || this.#left < -1) return
    const message = `More than ${mostEntries} files and folders are served: from ${folder}/ on nobody looked for .htaccess files, which are not modelled yet.`
    this.#say({ message, routing: false }, allowed)
  }

  #say(one: Pick<Finding, 'message' | 'routing' | 'hint'>, { span }: Said): void {
    const key = `${span.file}:${span.line} ${one.message}`
    if (!this.findings.has(key)) this.findings.set(key, { code: 'unsupported-directive', severity: 'warning', ...one, span })
  }
}

/** The innermost section's word counts, for each of the two directives. */
function allowedIn(server: Server, folder: string): Said | null {
  const matching = server.directories.filter((section) => directoryMatches(section, folder)).map(({ conf }) => conf.core)
  const last = (of: (core: (typeof matching)[number]) => Said | undefined): Said | undefined => matching.map(of).findLast(Boolean)
  return [last((core) => core.override), last((core) => core.overrideList)].find((said) => said?.on === true) ?? null
}

/** `/`, `/srv` of `/srv/www`. */
function foldersAbove(folder: string): readonly string[] {
  const parts = folder.split('/').slice(0, -1)
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'))
}
