import type { Span } from '../../../../shared/trace.js'
import { over, overAll } from '../config/module.js'

/** What the core and mod_http keep per server. `undefined`: not said in this server. */
export interface CoreServer {
  name?: string
  /** From `ServerName host:port`; 0: none given. */
  port?: number
  scheme?: string
  admin?: string
  aliases: string[]
  documentRoot?: { path: string; id: number }
  timeoutMs?: number
  keepAlive?: boolean
  keepAliveTimeoutMs?: number
  keepAliveMax?: number
  lineBytes?: number
  fieldBytes?: number
  fields?: number
  trace?: 'on' | 'off' | 'extended'
  mergeSlashes?: boolean
  unsafe?: boolean
  http09?: boolean
  /** `RequestReadTimeout`: longest times for a head and for a body; 0: none. */
  headMs?: number
  bodyMs?: number
  /** `AccessFileName`; undefined: `.htaccess`. */
  accessFiles?: readonly string[]
}

/** Whether something is on, and where that is said. */
export interface Said {
  readonly on: boolean
  readonly span: Span
}

export interface ErrorDocument {
  readonly kind: 'text' | 'path' | 'url' | 'default'
  readonly value: string
  readonly id: number
}

/** What the core keeps per directory. */
export interface CoreDir {
  encodedSlashes?: 'off' | 'on' | 'nodecode'
  errorDocuments?: ReadonlyMap<number, ErrorDocument>
  canonicalName?: boolean
  canonicalPort?: boolean
  signature?: 'off' | 'on' | 'email'
  bodyBytes?: number
  /** `Options Indexes`: folders without an index file are listed. */
  indexes?: Said
  /** `AllowOverride` and `AllowOverrideList`: files of {@link CoreServer.accessFiles} are read. */
  override?: Said
  overrideList?: Said
  etag?: readonly ('inode' | 'mtime' | 'size')[]
  forceType?: string
  defaultCharset?: string
}

export function mergeCoreServer(base: CoreServer, add: CoreServer): CoreServer {
  const out = overAll(base, add)
  // a virtual host answers to its own names alone
  out.aliases = add.aliases
  setOrDrop(out, 'name', add.name)
  setOrDrop(out, 'port', add.port)
  setOrDrop(out, 'scheme', add.scheme)
  return out
}

function setOrDrop<K extends keyof CoreServer>(conf: CoreServer, key: K, value: CoreServer[K] | undefined): void {
  if (value === undefined) delete conf[key]
  else conf[key] = value
}

export function mergeCoreDir(base: CoreDir, add: CoreDir): CoreDir {
  const out = overAll(base, add)
  const documents = over(base.errorDocuments, add.errorDocuments)
  if (base.errorDocuments !== undefined && add.errorDocuments !== undefined) {
    out.errorDocuments = new Map([...base.errorDocuments, ...add.errorDocuments])
  } else if (documents !== undefined) out.errorDocuments = documents
  return out
}
