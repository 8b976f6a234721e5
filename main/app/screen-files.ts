import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

const kinds: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2'
}

/** Everything comes from the page's own origin; styles that CodeMirror makes bear the nonce. */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ].join('; ')
}

/** Answers for the screens' files in one folder, and nothing else. A page has a nonce of its own each time, in place of `%NONCE%`. */
export async function answerScreenFile(folder: string, method: string, pathname: string): Promise<Response> {
  const path = pathIn(pathname)
  if (method !== 'GET' || path === null) return refusal(method === 'GET' ? 404 : 405)
  const kind = kinds[extname(path)]
  if (kind === undefined) return refusal(404)
  try {
    const bytes = await readFile(join(folder, path))
    return path.endsWith('.html') ? page(bytes.toString(), kind) : new Response(new Uint8Array(bytes), { headers: headers(kind) })
  } catch {
    return refusal(404)
  }
}

function page(text: string, kind: string): Response {
  const nonce = randomBytes(16).toString('base64')
  return new Response(text.replaceAll('%NONCE%', nonce), {
    headers: { ...headers(kind), 'Cache-Control': 'no-store', 'Content-Security-Policy': policy(nonce) }
  })
}

function headers(kind: string): Record<string, string> {
  return { 'Content-Type': kind, 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' }
}

function refusal(status: number): Response {
  return new Response('There is nothing here.\n', { status, headers: headers('text/plain; charset=utf-8') })
}

/** Plain names between slashes, as a bundler writes them; null for all else. No way leads out of the folder. */
function pathIn(pathname: string): string | null {
  if (pathname === '/') return 'index.html'
  const names = pathname.slice(1).split('/')
  return pathname.startsWith('/') && names.every((name) => /^[\w-][\w.-]*$/.test(name)) ? names.join('/') : null
}
