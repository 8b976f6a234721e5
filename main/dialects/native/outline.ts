import type { OutlineHost, OutlineRoute } from '../../../shared/contract.js'
import type { ListenerSpec } from '../../../shared/site.js'
import type { NativeDirective } from './directives.js'
import type { Action, Route } from './routes.js'

/** Routes by the host that they are for, `*` for any, each in the order in which they are tried. */
export function outlineOf(
  routes: readonly Route[],
  directives: readonly NativeDirective[],
  listeners: readonly Pick<ListenerSpec, 'address' | 'port'>[]
): OutlineHost[] {
  const listens = listeners.map(({ address, port }) => `${address.includes(':') ? `[${address}]` : address}:${port}`)
  const names = [...new Set(routes.map(({ host }) => host))]
  return names.map((host) => ({
    name: host ?? '*',
    listens,
    at: null,
    routes: routes.filter((route) => route.host === host).map((route) => outlined(route, directives))
  }))
}

function outlined({ id, match, action }: Route, directives: readonly NativeDirective[]): OutlineRoute {
  return { match, to: whereTo(action), upgrades: action.does === 'forward' && action.upgrade !== 'none', at: directives[id]?.span ?? null }
}

function whereTo(action: Action): string {
  switch (action.does) {
    case 'forward':
      return action.url
    case 'files':
      return action.root
    case 'redirect':
      return `redirect to ${action.to}`
    case 'respond':
      return `answered ${action.status}`
  }
}
