import type { Request } from '../request/request.js'

export const mostCandidates = 32

/** What has to be looked at to answer for a path: itself, and where it names a directory the files of `DirectoryIndex`. */
export function candidates(r: Request, file: string): readonly string[] {
  if (!file.endsWith('/')) return [file]
  return [file, ...indexNames(r).map((name) => (name.startsWith('/') ? r.server.documentRoot + name : file + name))].slice(
    0,
    mostCandidates
  )
}

function indexNames(r: Request): readonly string[] {
  return r.dir.dir.index ?? ['index.html']
}
