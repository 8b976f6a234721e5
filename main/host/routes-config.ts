import { routeFromArgument } from '../dialects/native/index.js'
import type { ConfigSource } from '../../shared/site.js'

/** Routes of the command line as the switchyard.json that they stand for. @throws SwitchyardError `bad-argument` */
export function routesConfig(
  routes: readonly string[],
  listen: readonly { readonly address: string; readonly port: number; readonly tls: boolean }[]
): ConfigSource {
  const config = { listen, routes: routes.map(routeFromArgument) }
  return { path: '--route', text: JSON.stringify(config, null, 2) }
}
