import type { ConfigHost } from '../../../../shared/site.js'
import type { Finding } from '../../../../shared/trace.js'
import type { Directive } from '../tree.js'

/**
 * A module of httpd as this dialect has it: what it keeps per server and per directory, how an inner configuration is
 * laid over an outer one, and its directives. The phases of a request are listed in one place, `request/phases.ts`.
 */
export interface Module<Server, Dir> {
  readonly createServer: () => Server
  readonly mergeServer: (base: Server, add: Server) => Server
  readonly createDir: () => Dir
  readonly mergeDir: (base: Dir, add: Dir) => Dir
  /** By directive key (lower case). */
  readonly commands: Readonly<Record<string, Command<Server, Dir>>>
}

export type Command<Server, Dir> = (place: Place<Server, Dir>) => void

/** Where a directive stands, and what it may change. */
export interface Place<Server, Dir> {
  readonly directive: Directive
  readonly args: readonly string[]
  readonly server: Server
  readonly dir: Dir
  /** The innermost `<Location>`, `<Directory>` or `<Proxy>` around it; null in a server or a virtual host. */
  readonly section: SectionPlace | null
  /** Whether it stands in the main server, outside of any virtual host. */
  readonly global: boolean
  readonly host: ConfigHost
  /** What `ServerRoot` makes of a relative path. */
  readonly path: (relative: string) => string
  readonly modules: ReadonlySet<string>
  readonly say: (code: string, severity: Finding['severity'], message: string, more?: { hint?: string; routing?: boolean }) => void
}

export interface SectionPlace {
  readonly kind: 'location' | 'directory' | 'files' | 'proxy' | 'if'
  /** Path or pattern as written. */
  readonly path: string
  readonly regex: boolean
}

/** `On` and `Off` in any case; anything else is neither (httpd has refused it before). */
export function isOn(word: string | undefined): boolean {
  return word?.toLowerCase() === 'on'
}

/** Lays a setting over another: `undefined` means not said here. */
export function over<T>(base: T | undefined, add: T | undefined): T | undefined {
  return add === undefined ? base : add
}

/** Lays every named setting of `add` over `base`. */
export function overAll<T extends object>(base: T, add: T): T {
  const out = { ...base }
  for (const key of Object.keys(add) as (keyof T)[]) if (add[key] !== undefined) out[key] = add[key]
  return out
}
