import type { ConfigHost, LoadOptions, TlsSpec } from '../../../shared/site.js'
import type { Finding } from '../../../shared/trace.js'
import { mergeDirConf, mergeServerConf, type DirConf, type Section, type Server, type ServerConf, type SiteFacts } from './config/server.js'
import type { VirtualAddress } from './core/vhosts.js'
import type { Drafts, ServerDraft } from './build.js'
import { tlsOf } from './ssl/secure.js'
import type { Tree } from './tree.js'

export interface Servers {
  readonly main: Server
  readonly all: readonly Server[]
  readonly addresses: readonly VirtualAddress[]
}

/** Lays every virtual host over the main server, as httpd does at the end of its reading. */
export function layServers(
  drafts: Drafts,
  tree: Tree,
  host: ConfigHost,
  options: LoadOptions,
  site: SiteFacts,
  findings: Finding[]
): Servers {
  const root = drafts.root.replace(/\/$/, '')
  const main = server(drafts.main, drafts.main.conf, drafts.main.base, null, 0)
  const virtual = drafts.virtual.map((each, i) => {
    return server(each, mergeServerConf(drafts.main.conf, each.conf), mergeDirConf(drafts.main.base, each.base), drafts.main, i + 1)
  })
  const addresses = virtual.flatMap((each, i) => (drafts.virtual[i]?.addresses ?? []).map((text) => address(text, each)))
  return { main, all: [main, ...virtual], addresses }

  function server(draft: ServerDraft, conf: ServerConf, base: DirConf, under: ServerDraft | null, index: number): Server {
    const sections = (key: 'locations' | 'directories' | 'files' | 'proxies'): readonly Section[] => [
      ...(under?.[key] ?? []),
      ...draft[key]
    ]
    const name = conf.core.name ?? nameOf(draft, options)
    return {
      index,
      name,
      conf,
      base,
      plain: { conf: base, key: '' },
      locations: sections('locations'),
      directories: byDepth(sections('directories')),
      files: sections('files'),
      proxies: sections('proxies'),
      ifs: [...(under?.ifs ?? []), ...draft.ifs],
      documentRoot: conf.core.documentRoot?.path ?? `${root}/htdocs`,
      tls: tlsSpec(conf, name),
      site,
      merged: new Map(),
      id: draft.id,
      timeoutMs: conf.core.timeoutMs ?? 60_000
    }
  }
  function tlsSpec(conf: ServerConf, name: string): TlsSpec | null {
    return conf.ssl.engine === true ? tlsOf(conf, name, tree, host, findings) : null
  }
}

/** A server without a `ServerName` goes by its address, else by what the machine calls itself; here, `localhost`. */
function nameOf(draft: ServerDraft, _options: LoadOptions): string {
  const host = draft.addresses[0]?.replace(/:(\d+|\*)$/, '').replace(/^\[|\]$/g, '') ?? ''
  return host === '' || host === '*' || host === '_default_' ? 'localhost' : host
}

function address(text: string, server: Server): VirtualAddress {
  const match = /^(\[[^\]]+\]|[^:]*)(?::(\d+|\*))?$/.exec(text)
  const host = (match?.[1] ?? text).replace(/^\[|\]$/g, '')
  const port = match?.[2] === undefined || match[2] === '*' ? 0 : Number(match[2])
  return { host: host === '' || host === '_default_' ? '*' : host, port, server }
}

/** Shorter directories first, patterns last; among equals the order of the file stays. */
function byDepth(sections: readonly Section[]): readonly Section[] {
  const depth = (section: Section): number =>
    section.pattern !== null ? Infinity : section.path.split('/').filter((part) => part !== '').length
  return sections
    .map((section, i) => ({ section, i, depth: depth(section) }))
    .sort((a, b) => (a.depth === b.depth ? a.i - b.i : a.depth - b.depth))
    .map((each) => each.section)
}
