import { resolve } from 'node:path'
import type { ConfigHost, ConfigSource, LoadOptions } from '../../../../../shared/site.js'
import type { Finding, Span } from '../../../../../shared/trace.js'
import type { ConfigNode } from '../node.js'
import { LoadedModules } from '../modules.js'
import { fillVariables } from '../variables.js'
import type { Input } from './input.js'
import type { Macro } from './macro.js'

/** Bounds of our own on what a config may grow to: directives, sections inside of each other, bytes read. */
export const maxDirectives = 200_000
export const maxNesting = 500
const maxBytesRead = 64 * 1024 * 1024

/** A directive that acts while the config is read (EXEC_ON_READ). */
export interface ReadCall {
  readonly reading: Reading
  readonly input: Input
  readonly name: string
  readonly key: string
  /** Its words; for those that take a raw line, empty. */
  readonly words: readonly string[]
  /** The rest of the line, variables filled in. */
  readonly text: string
  readonly span: Span
}
/** What stands in the tree in its place, or what httpd says. */
export type ReadResult = readonly ConfigNode[] | { readonly error: string; readonly hint?: string }

/** What reading one config carries along: httpd's process-wide state while it reads. */
export class Reading {
  readonly host: ConfigHost
  readonly modules = new LoadedModules()
  /** Names that `<IfDefine>` knows. */
  readonly defined: Set<string>
  /** Values for `${NAME}`. */
  readonly variables: Map<string, string>
  readonly macros = new Map<string, Macro>()
  /** Whether a `<Macro>` was met, be it refused or removed since. */
  anyMacro = false
  /** Addresses of `Listen` so far. */
  readonly listeners = new Set<string>()
  /** Names that `<AuthzProviderAlias>` gave. */
  readonly authorizationAliases = new Set<string>()
  /** Names that `<AuthnProviderAlias>` gave. */
  readonly authenticationAliases = new Set<string>()
  readonly files: ConfigSource[] = []
  readonly findings: Finding[] = []
  serverRoot: string
  includeDepth = 0
  /** Whether any LoadModule line was met. */
  loadsModules = false
  directives = 0
  /** Sections open around the line being read. */
  nesting = 0
  /** Too large to go on with. */
  stopped = false
  #refused: Finding | null = null
  #bytesRead = 0
  readonly #later: { readonly message: string; readonly span: Span }[] = []

  constructor(host: ConfigHost, options: LoadOptions) {
    this.host = host
    this.serverRoot = resolve(options.root)
    this.defined = new Set(options.defines.keys())
    this.variables = new Map([...options.defines].filter(([, value]) => value !== ''))
  }

  get refused(): Finding | null {
    return this.#refused
  }
  /** An error httpd stops at. The first is the one it would give; those after it are told too. */
  refuse(message: string, span: Span | null, hint?: string): void {
    const finding: Finding = {
      code: 'config-refused',
      severity: 'error',
      message,
      span,
      routing: false,
      ...(hint === undefined ? {} : { hint })
    }
    this.#refused ??= finding
    this.findings.push(finding)
  }
  /** What httpd finds once all directives are done. */
  refuseLater(message: string, span: Span): void {
    this.#later.push({ message, span })
  }
  /** All directives are done. */
  settle(): void {
    for (const { message, span } of this.#later.splice(0)) this.refuse(message, span)
  }
  /** An error of our own bounds: nothing more is read. */
  stop(message: string, span: Span, hint?: string): void {
    this.refuse(message, span, hint)
    this.stopped = true
  }
  note(code: string, severity: 'warning' | 'info', message: string, span: Span | null, hint?: string): void {
    this.findings.push({ code, severity, message, span, routing: false, ...(hint === undefined ? {} : { hint }) })
  }

  /** Fills in `${NAME}`, as httpd does once a line when it reads it. */
  fill(text: string, undefinedName: (name: string) => void): string {
    return fillVariables(text, (name) => this.variables.get(name) ?? this.host.environment(name), undefinedName)
  }
  /** ap_server_root_relative: an end slash stays. */
  path(name: string): string {
    const path = resolve(this.serverRoot, name)
    return name.endsWith('/') && !path.endsWith('/') ? `${path}/` : path
  }
  /** Counts a file's text; false where the whole would grow past {@link maxBytesRead}. */
  addFile(source: ConfigSource): boolean {
    this.#bytesRead += source.text.length
    if (this.#bytesRead > maxBytesRead) return false
    this.files.push(source)
    this.#noteNul(source)
    return true
  }
  /** httpd says nothing of it, and may take a file of other bytes for an empty config. */
  #noteNul({ path: file, text }: ConfigSource): void {
    const at = text.indexOf('\0')
    if (at === -1) return
    const before = text.slice(0, at).split('\n')
    const [line, column] = [before.length, (before.at(-1) ?? '').length + 1]
    const span = { file, line, column, endLine: line, endColumn: column + 1 }
    this.note('nul-byte', 'warning', 'A NUL byte hides the rest of its line from httpd', span, 'A config is text: is it this file?')
  }
}
