import type { Finding, Span } from '../../../shared/trace.js'

/**
 * An httpd config as a tree of directives, the dialect's own words kept. Included files stand in place of their
 * `Include`; `<IfDefine>`, `<IfModule>`, `<IfVersion>` and `<IfFile>` are resolved away as httpd resolves them while
 * reading; `Define`d `${VAR}`s are filled in. Sections are directives with children.
 */
export interface Directive {
  /** Its place in the whole config, from 0 in reading order: what a Decision points at. */
  readonly id: number
  /** As written: `ProxyPass`, `<VirtualHost`. */
  readonly name: string
  /** Lower case, without `<`: `proxypass`, `virtualhost`. */
  readonly key: string
  /** The rest of the line as httpd hands it to the directive, variables filled in, quotes kept. */
  readonly text: string
  /** The words of {@link text}, unquoted as `ap_getword_conf` does. */
  readonly args: readonly string[]
  readonly span: Span
  readonly section: boolean
  readonly children: readonly Directive[]
}

/** What httpd would say at start: `refused` is the first error, with httpd's own message and line, or null. */
export interface Tree {
  readonly directives: readonly Directive[]
  /** Every directive by id, children included. */
  readonly byId: readonly Directive[]
  readonly refused: Finding | null
  readonly findings: readonly Finding[]
  /** Names without path: `mod_proxy.c`, also known as `proxy_module`. */
  readonly modules: ReadonlySet<string>
  /** No line loads one: those of a distribution count as loaded. LoadModule acts while the config is read and is no directive of the tree. */
  readonly modulesAssumed: boolean
  readonly defines: ReadonlyMap<string, string>
  /** Files read, in order. */
  readonly files: readonly { readonly path: string; readonly text: string }[]
}
