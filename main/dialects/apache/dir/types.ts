import type { ConfigHost } from '../../../../shared/site.js'
import type { Request } from '../request/request.js'

/** mod_mime: the last extension that means a type; null: none does, and none is said. */
export function contentType(r: Request, path: string): string | null {
  if (r.dir.core.forceType !== undefined) return withCharset(r, r.dir.core.forceType)
  const name = path.slice(path.lastIndexOf('/') + 1)
  const extensions = name.split('.').slice(1).reverse()
  for (const extension of extensions) {
    const lower = extension.toLowerCase()
    const type = r.dir.dir.types.get(lower) ?? r.server.site.types.get(lower)
    if (type !== undefined && type !== '') return withCharset(r, type)
  }
  return null
}

function withCharset(r: Request, type: string): string {
  const charset = r.dir.core.defaultCharset ?? ''
  return charset === '' || !/^text\/(plain|html)$/i.test(type) ? type : `${type}; charset=${charset.toLowerCase()}`
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
