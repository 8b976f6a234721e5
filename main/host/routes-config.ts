import { routeFromArgument } from '../dialects/native/index.js'
import { SwitchyardError } from '../../shared/errors.js'
import type { ConfigSource } from '../../shared/site.js'

/** Routes of the command line as the switchyard.json that they stand for. @throws SwitchyardError `bad-argument` */
export function routesConfig(
  routes: readonly string[],
  listen: readonly { readonly address: string; readonly port: number; readonly tls: boolean }[]
): ConfigSource {
  const config = { listen, routes: routes.map(routeFromArgument) }
  refuseTwice(config.routes)
  return { path: '--route', text: JSON.stringify(config, null, 2) }
}

/** The config that they stand for is nobody's file, so that its lines say nothing. */
function refuseTwice(routes: readonly ReturnType<typeof routeFromArgument>[]): void {
  const names = routes.map(({ host = '', match }) => `${host.toLowerCase()}${match}`)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice === undefined) return
  throw new SwitchyardError('bad-argument', `--route ${twice} is given twice.`, {
    hint: 'One path goes to one origin: leave one of them out.'
  })
}
