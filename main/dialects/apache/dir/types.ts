import type { ConfigHost } from '../../../../shared/site.js'
import type { Request } from '../request/request.js'

/** What the extensions of a file's name say of it. */
export interface NamedSo {
  /** null: no extension means a type, and none is said. */
  readonly type: string | null
  readonly languages: readonly string[]
  readonly encodings: readonly string[]
}

/** mod_mime: each extension of a name tells something; of types and charsets the last counts, languages and encodings add up. */
export function namedSo(r: Request, path: string): NamedSo {
  const { types, charsets, languages, encodings, defaultLanguage = '' } = r.dir.dir
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/^\.+/, '')
  const extensions = name
    .split('.')
    .slice(1)
    .map((each) => each.toLowerCase())
  const said = (of: (extension: string) => string | undefined): string[] => extensions.flatMap((each) => of(each) || [])
  const type = said((each) => types.get(each) ?? r.server.site.types.get(each)).at(-1)
  const charset = said((each) => charsets.get(each)).at(-1)
  const spoken = said((each) => languages.get(each))
  return {
    type: r.dir.core.forceType ?? (type !== undefined && charset !== undefined ? `${type}; charset=${charset}` : (type ?? null)),
    languages: spoken.length === 0 && defaultLanguage !== '' ? [defaultLanguage] : spoken,
    encodings: said((each) => encodings.get(each))
  }
}

/** Whether a name may say a language or an encoding at all. */
export function namesMatter({ dir: { dir } }: Request): boolean {
  return dir.languages.size > 0 || dir.encodings.size > 0 || dir.defaultLanguage !== undefined
}

/** `AddDefaultCharset`, for what says none of its own. */
export function withCharset(r: Request, type: string | null): string | null {
  const charset = r.dir.core.defaultCharset ?? ''
  return type === null || charset === '' || !/^text\/(plain|html)$/i.test(type) ? type : `${type}; charset=${charset}`
}

const usualFiles = ['/etc/mime.types', '/etc/apache2/mime.types', '/etc/httpd/conf/mime.types']

/** `TypesConfig`, or the system's table, or the types of a web page's own parts where there is none. */
export function readTypes(host: ConfigHost, file: string | undefined): ReadonlyMap<string, string> {
  for (const path of file === undefined ? usualFiles : [file, ...usualFiles]) {
    const text = host.readFile(path)
    if (text !== null) return parseTypes(text)
  }
  return parseTypes(builtIn)
}

function parseTypes(text: string): ReadonlyMap<string, string> {
  const types = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [type = '', ...extensions] = line.replace(/#.*/, '').trim().split(/\s+/)
    for (const extension of extensions) types.set(extension.toLowerCase(), type)
  }
  return types
}

const builtIn = `text/html html htm
text/css css
text/javascript js mjs
text/plain txt log
text/csv csv
text/markdown md
application/json json map
application/xml xml
application/wasm wasm
application/pdf pdf
application/zip zip
application/gzip gz
application/manifest+json webmanifest
image/svg+xml svg
image/png png
image/jpeg jpeg jpg
image/gif gif
image/webp webp
image/avif avif
image/vnd.microsoft.icon ico
font/woff woff
font/woff2 woff2
font/ttf ttf
font/otf otf
audio/mpeg mp3
video/mp4 mp4
video/webm webm`
