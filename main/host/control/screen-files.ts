import { randomBytes } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'

/** Where the bundled screens stand, beside the bundle of whoever serves them. */
export const bundledScreens = new URL('../renderer/', import.meta.url)

/** In index.html, it stands where the nonce of an answer belongs. */
const nonceMark = '%NONCE%'
/** What the screens are made of is small. */
const maxFileBytes = 32 * 1024 * 1024
/** The bundler puts a digest of what is in a file into its name. */
const hashed = /^\/assets\/(?:.*\/)?[^/]*[-.][\w-]{8,}\.\w+$/

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8'
}

export interface ScreenFile {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** The screens' own files, out of one folder and nothing else. Whoever asks was checked before. */
export class ScreenFiles {
  readonly #folder: string

  /** null where there are no screens in that folder. */
  static in(folder: string): ScreenFiles | null {
    return existsSync(join(folder, 'index.html')) ? new ScreenFiles(realpathSync(folder)) : null
  }

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** Answers a GET or HEAD. @returns false: there is nothing by that name. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const found = await this.find(request.url ?? '', request.headers.host ?? '')
    if (found === null) return false
    response.writeHead(200, { 'Content-Length': found.body.length, ...found.headers })
    response.end(request.method === 'HEAD' ? undefined : found.body)
    return true
  }

  /** A file as it is answered. @param host whose WebSocket the page may open; empty: none. @returns null: there is nothing by that name. */
  async find(url: string, host: string): Promise<ScreenFile | null> {
    const path = pathOf(url)
    const bytes = path === null ? null : await this.#read(path)
    if (path === null || bytes === null) return null
    const nonce = randomBytes(18).toString('base64')
    const page = path === '/index.html'
    return {
      body: page ? Buffer.from(bytes.toString('utf8').replaceAll(nonceMark, nonce)) : bytes,
      headers: {
        'Content-Type': types[extname(path)] ?? 'application/octet-stream',
        'Cache-Control': page ? 'no-store' : hashed.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
        'Cross-Origin-Resource-Policy': 'same-origin',
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Content-Security-Policy': page ? pagePolicy(nonce, host) : "default-src 'none'; frame-ancestors 'none'"
      }
    }
  }

  /** null: it is no file of the folder. A link that leads out of it is none. */
  async #read(path: string): Promise<Buffer | null> {
    try {
      const file = realpathSync(join(this.#folder, path))
      if (!file.startsWith(this.#folder + sep)) return null
      const facts = await stat(file)
      return facts.isFile() && facts.size <= maxFileBytes ? await readFile(file) : null
    } catch {
      return null
    }
  }
}

/** `/` is the page. null: a path that is none of ours: hidden, climbing, or not decodable. */
function pathOf(url: string): string | null {
  const [written = ''] = url.split(/[?#]/)
  if (written === '/') return '/index.html'
  try {
    const path = decodeURIComponent(written)
    const parts = path.split('/')
    const odd = parts.slice(1).some((part) => part === '' || part.startsWith('.'))
    return parts[0] === '' && !odd && !/[\\\0:]/.test(path) ? path : null
  } catch {
    return null
  }
}

/** `'self'` alone does not name the WebSocket in every browser. The host was checked, so that it can stand in a header. */
function pagePolicy(nonce: string, host: string): string {
  const sockets = /^[\w.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : ''
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${sockets}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ].join('; ')
}
