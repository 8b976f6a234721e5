import type { ConfigHost, LoadOptions } from '../../../shared/site.js'
import { noEffect, type Finding } from '../../../shared/trace.js'
import { structural, coverageOf, type Coverage } from './coverage.js'
import { compileCondition } from './expr/expression.js'
import { fromPcre } from './http/regex.js'
import type { Directive, Tree } from './tree.js'
import {
  createDirConf,
  createServerConf,
  modules,
  moduleNames,
  type DirConf,
  type IfSection,
  type Section,
  type ServerConf
} from './config/server.js'
import type { Place, SectionPlace } from './config/module.js'
import { fnmatch } from './core/fnmatch.js'

/** A server while its directives are read, before it is laid over the main one. */
export interface ServerDraft {
  readonly conf: ServerConf
  readonly base: DirConf
  readonly locations: Section[]
  readonly directories: Section[]
  readonly files: Section[]
  readonly proxies: Section[]
  readonly ifs: IfSection[]
  /** `<VirtualHost …>` addresses as written; empty for the main server. */
  readonly addresses: readonly string[]
  readonly id: number
}
export interface ListenLine {
  readonly address: string
  readonly port: number
  /** Asked for beside a config that has no Listen; where it has, virtual hosts say. */
  readonly tls: boolean
}
/** What a tree says, module by module. */
export interface Drafts {
  readonly main: ServerDraft
  readonly virtual: readonly ServerDraft[]
  readonly listens: readonly ListenLine[]
  readonly tokens: string
  readonly root: string
  readonly findings: readonly Finding[]
}

/** Hands every directive to the module that knows it. */
export function buildDrafts(tree: Tree, host: ConfigHost, options: LoadOptions): Drafts {
  return new Builder(tree, host, options).run()
}

interface Where {
  readonly draft: ServerDraft
  readonly dir: DirConf
  readonly section: SectionPlace | null
  readonly within: Section | null
}

class Builder {
  readonly #tree: Tree
  readonly #host: ConfigHost
  readonly #main = draft([], -1)
  readonly #virtual: ServerDraft[] = []
  readonly #listens: ListenLine[] = []
  readonly #findings: Finding[] = []
  readonly #said = new Set<string>()
  #tokens = 'full'
  #root: string

  constructor(tree: Tree, host: ConfigHost, options: LoadOptions) {
    this.#tree = tree
    this.#host = host
    this.#root = options.root
  }

  run(): Drafts {
    this.#all(this.#tree.directives, { draft: this.#main, dir: this.#main.base, section: null, within: null })
    return {
      main: this.#main,
      virtual: this.#virtual,
      listens: this.#listens,
      tokens: this.#tokens,
      root: this.#root,
      findings: this.#findings
    }
  }

  #all(directives: readonly Directive[], where: Where): void {
    for (const directive of directives) this.#one(directive, where)
  }

  #one(directive: Directive, where: Where): void {
    switch (directive.key) {
      case 'virtualhost': {
        const virtual = draft(directive.args, directive.id)
        this.#virtual.push(virtual)
        return this.#all(directive.children, { draft: virtual, dir: virtual.base, section: null, within: null })
      }
      case 'location':
      case 'locationmatch':
        return this.#section(directive, where, 'location')
      case 'directory':
      case 'directorymatch':
        return this.#section(directive, where, 'directory')
      case 'files':
      case 'filesmatch':
        return this.#section(directive, where, 'files')
      case 'proxy':
      case 'proxymatch':
        return this.#section(directive, where, 'proxy')
      case 'if':
      case 'elseif':
      case 'else':
        return this.#if(directive, where)
      case 'listen':
        return this.#listen(directive)
      case 'servertokens':
        this.#tokens = (directive.args[0] ?? 'full').toLowerCase()
        return
      case 'serverroot':
        this.#root = directive.args[0] ?? this.#root
        return
      default:
        return this.#command(directive, where)
    }
  }

  #section(directive: Directive, where: Where, kind: Section['kind']): void {
    const tilde = directive.args[0] === '~'
    const written = directive.args[tilde ? 1 : 0] ?? ''
    const regex = tilde || directive.key.endsWith('match')
    const path = kind === 'directory' && !regex && written !== '/' ? written.replace(/\/+$/, '') : written
    const pattern = regex ? fromPcre(path) : /[*?[]/.test(path) ? wildcard(path, kind) : null
    if (regex && pattern === null) {
      this.#say(directive, 'unsupported-directive', 'warning', `The pattern ${path} is not one that can be run here.`, { routing: true })
      return
    }
    const conf = createDirConf()
    const within = kind === 'files' && where.within !== null ? { within: where.within } : {}
    const section: Section = { kind, path, pattern, conf, id: directive.id, ...within }
    const { draft: server } = where
    if (kind === 'location') server.locations.push(section)
    else if (kind === 'directory') server.directories.push(section)
    else if (kind === 'files') server.files.push(section)
    else server.proxies.push(section)
    this.#all(directive.children, {
      draft: server,
      dir: conf,
      section: { kind, path, regex },
      within: kind === 'directory' ? section : where.within
    })
  }

  #if(directive: Directive, where: Where): void {
    const text = directive.args.length === 1 ? (directive.args[0] ?? '') : directive.text.replace(/>\s*$/, '')
    const condition = directive.key === 'else' ? null : compileCondition(text)
    if (where.section !== null || (condition === null && directive.key !== 'else')) {
      const why = where.section === null ? 'its expression is not modelled yet' : 'inside of another section it is not modelled yet'
      return this.#say(directive, 'unsupported-directive', 'warning', `${directive.name}: ${why}.`, { routing: true })
    }
    const conf = createDirConf()
    where.draft.ifs.push({ otherwise: directive.key !== 'if', condition, conf, id: directive.id })
    this.#all(directive.children, { draft: where.draft, dir: conf, section: { kind: 'if', path: text, regex: false }, within: null })
  }

  /** `80`, `127.0.0.1:80`, `[::]:80`, with `https` behind it. */
  #listen(directive: Directive): void {
    const match = /^(?:(\[[^\]]+\]|[^:]*):)?(\d+)$/.exec(directive.args[0] ?? '')
    if (match === null) return
    const address = (match[1] ?? '*').replace(/^\[|\]$/g, '')
    this.#listens.push({ address: address === '' ? '*' : address, port: Number(match[2]), tls: false })
  }

  #command(directive: Directive, where: Where): void {
    for (const name of moduleNames) {
      const command = (modules[name].commands as Readonly<Record<string, (place: Place<never, never>) => void>>)[directive.key]
      if (command === undefined) continue
      const server = where.draft.conf[name] as never
      const dir = where.dir[name] as never
      command(this.#place(directive, where, server, dir))
      return
    }
    this.#uncovered(directive)
  }

  #place(directive: Directive, where: Where, server: never, dir: never): Place<never, never> {
    return {
      directive,
      args: directive.args,
      server,
      dir,
      section: where.section,
      global: where.draft === this.#main,
      host: this.#host,
      path: (relative) => (relative.startsWith('/') ? relative : `${this.#root.replace(/\/$/, '')}/${relative}`),
      modules: this.#tree.modules,
      say: (code, severity, message, more) => this.#say(directive, code, severity, message, more)
    }
  }

  #uncovered(directive: Directive): void {
    if (structural.has(directive.key)) return
    const { kind, says } = coverageOf(directive, this.#tree)
    const { code, severity, hint } = uncoveredAs[kind]
    this.#say(directive, code, severity, `${directive.name} ${says}.`, { routing: kind === 'routing', hint })
  }

  #say(
    directive: Directive,
    code: string,
    severity: Finding['severity'],
    message: string,
    more: { hint?: string | undefined; routing?: boolean } = {}
  ): void {
    const key = `${code} ${directive.id} ${message}`
    if (this.#said.has(key)) return
    this.#said.add(key)
    const hint = more.hint === undefined ? {} : { hint: more.hint }
    this.#findings.push({ code, severity, message, ...hint, span: directive.span, routing: more.routing === true })
  }
}

const uncoveredAs: Readonly<Record<Coverage['kind'], { code: string; severity: Finding['severity']; hint?: string }>> = {
  quiet: { code: noEffect, severity: 'info' },
  unsupported: { code: 'unsupported-directive', severity: 'warning' },
  routing: {
    code: 'unsupported-directive',
    severity: 'warning',
    hint: 'To serve the rest all the same: “Start without…” on the Config screen, --lenient on the command line.'
  }
}

function draft(addresses: readonly string[], id: number): ServerDraft {
  return { conf: createServerConf(), base: createDirConf(), locations: [], directories: [], files: [], proxies: [], ifs: [], addresses, id }
}

/** In paths of files and of URLs `*` stops at a slash; in `<Proxy>` it does not. A pattern of a section is one of its beginning. */
function wildcard(path: string, kind: Section['kind']): RegExp | null {
  const pattern = fnmatch(path, kind !== 'proxy')
  if (pattern === null || (kind !== 'location' && kind !== 'files')) return pattern
  return new RegExp(`${pattern.source}${path.endsWith('*') ? '' : '$'}`)
}
