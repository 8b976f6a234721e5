import { fieldValue } from '../../../shared/fields.js'
import type { RequestHead } from '../../../shared/heads.js'
import type { FileFacts } from '../../../shared/steps.js'

const types: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  css: 'text/css; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  gif: 'image/gif',
  htm: 'text/html; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/vnd.microsoft.icon',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  map: 'application/json',
  md: 'text/markdown; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  otf: 'font/otf',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
  webm: 'video/webm',
  webmanifest: 'application/manifest+json',
  webp: 'image/webp',
  woff: 'font/woff',
  woff2: 'font/woff2',
  xml: 'application/xml',
  zip: 'application/zip'
}

export function contentType(path: string): string {
  const extension = /\.([A-Za-z0-9]+)$/.exec(path)?.[1]?.toLowerCase() ?? ''
  return (Object.hasOwn(types, extension) ? types[extension] : undefined) ?? 'application/octet-stream'
}

/**
 * The file below a folder that the rest of a path names, decoded; a trailing slash is kept. null where it names none
 * that may be served: it leaves the folder, names a file that begins with a dot, or cannot be decoded.
 */
export function fileBelow(root: string, rest: string): string | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(rest)
  } catch {
    return null
  }
  // A backslash is a separator on Windows; a slash that was hidden in %2F is none of ours.
  if (/[\0\\]/.test(decoded) || /%2f/i.test(rest)) return null
  const segments = decoded.split('/').filter((segment) => segment !== '')
  if (segments.some((segment) => segment.startsWith('.') && segment !== '.well-known')) return null
  // "C:" would be another drive.
  if (segments.some((segment) => /^[A-Za-z]:/.test(segment))) return null
  return [root, ...segments].join('/') + (decoded.endsWith('/') ? '/' : '')
}

/** A validator made of what the system says about a file (RFC 9110 §8.8.3). */
export function entityTag(facts: FileFacts): string {
  return `"${facts.bytes.toString(16)}-${Math.floor(facts.mtimeMs).toString(16)}"`
}

/** RFC 9110 §13.1.2 and §13.1.3: the tag counts where there is one, else the date. */
export function isFresh(request: RequestHead, facts: FileFacts): boolean {
  const tags = fieldValue(request.fields, 'if-none-match')
  if (tags !== undefined) return tags === '*' || tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === entityTag(facts))
  const since = Date.parse(fieldValue(request.fields, 'if-modified-since') ?? '')
  return !Number.isNaN(since) && Math.floor(facts.mtimeMs / 1000) * 1000 <= since
}

export function fileFields(facts: FileFacts): string[] {
  return [
    ...['Content-Type', contentType(facts.path)],
    ...['Last-Modified', new Date(facts.mtimeMs).toUTCString()],
    ...['ETag', entityTag(facts)]
  ]
}
