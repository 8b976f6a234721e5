import type { OutlineHost, OutlineRoute } from '../../../shared/contract.js'
import type { Finding, Span } from '../../../shared/trace.js'
import type { ListenerSpec } from '../../../shared/site.js'
import type { Servers } from './servers.js'
import type { Directive, Tree } from './tree.js'

/** The servers of a config, each with what it does with which paths, in the order of the file. What is left out is left out here, too. */
export function outlineOf(tree: Tree, servers: Servers, listeners: readonly ListenerSpec[], findings: readonly Finding[]): OutlineHost[] {
  const leftOut = new Set(findings.flatMap(({ routing, span }) => (routing && span !== null ? [placeOf(span)] : [])))
  const virtual = servers.all.filter(({ id }) => id >= 0)
  const own: OutlineHost = {
    name: servers.main.name,
    listens: listeners.map(({ address, port }) => `${bracketed(address)}:${port}`),
    at: null,
    routes: routesIn(
      tree.directives.filter(({ key }) => key !== 'virtualhost'),
      null,
      leftOut
    )
  }
  const hosts = virtual.map(({ id, name }): OutlineHost => {
    const directive = tree.byId[id] as Directive
    return { name, listens: directive.args, at: directive.span, routes: routesIn(directive.children, null, leftOut) }
  })
  return hosts.length === 0 || own.routes.length > 0 ? [own, ...hosts] : hosts
}

/** @param section the path of the `<Location>` that they stand in */
function routesIn(directives: readonly Directive[], section: string | null, leftOut: ReadonlySet<string>): OutlineRoute[] {
  return directives.flatMap((directive) => {
    if (leftOut.has(placeOf(directive.span))) return []
    if (directive.section) return routesOfSection(directive, section, leftOut)
    const route = routeOf(directive, section)
    return route === null ? [] : [{ ...route, at: directive.span }]
  })
}

function routesOfSection({ key, args, children }: Directive, section: string | null, leftOut: ReadonlySet<string>): OutlineRoute[] {
  switch (key) {
    case 'location':
    case 'locationmatch':
      return routesIn(children, args.filter((word) => word !== '~').join(' '), leftOut)
    case 'if':
    case 'elseif':
    case 'else':
      return routesIn(children, section, leftOut)
    default:
      return []
  }
}

function routeOf({ key, args }: Directive, section: string | null): Omit<OutlineRoute, 'at'> | null {
  switch (key) {
    case 'proxypass':
    case 'proxypassmatch': {
      const [match = '', to = ''] = section === null ? args.filter((word) => word !== '~') : [section, ...args]
      const upgrades = /^wss?:/i.test(to) || args.some((word) => /^upgrade=(?:websocket|any)$/i.test(word))
      return { match, to: to === '!' ? 'not proxied' : to, upgrades }
    }
    case 'redirect':
    case 'redirectmatch':
    case 'redirecttemp':
    case 'redirectpermanent':
      return redirect(key === 'redirect' || key === 'redirectmatch' ? withoutStatus(args) : args, args[0] ?? '', section)
    case 'alias':
    case 'aliasmatch':
    case 'scriptalias':
      return { match: args[0] ?? '', to: args[1] ?? '', upgrades: false }
    case 'documentroot':
      return { match: '/', to: args[0] ?? '', upgrades: false }
    default:
      return null
  }
}

/** In a `<Location>` the path may be left out; a status that is none of a redirect's has no target. */
function redirect(words: readonly string[], status: string, section: string | null): Omit<OutlineRoute, 'at'> {
  const [match = '', to = ''] = section !== null && words.length < 2 ? [section, ...words] : words
  return { match, to: to === '' ? `answered ${status}` : `redirect to ${to}`, upgrades: false }
}

function withoutStatus(args: readonly string[]): readonly string[] {
  return /^(?:permanent|temp|seeother|gone|\d+)$/i.test(args[0] ?? '') ? args.slice(1) : args
}

function placeOf({ file, line, column }: Span): string {
  return `${file}\0${line}\0${column}`
}
function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
