import type { HeadFault, RequestHead } from '../../../shared/heads.js'
import type { Arrival, ListenerSpec } from '../../../shared/site.js'
import { arrivalOn } from '../play.js'
import type { ToyConfig, ToyLocation } from './config.js'
import type { ToyExchange } from './exchange.js'
import { ToySite } from './site.js'

/** A toy site with one plain listener. */
export function toySite(locations: Readonly<Record<string, ToyLocation>>, more: Partial<ToyConfig> = {}): ToySite {
  return new ToySite({ listen: [{ port: 8080 }], locations, ...more }, 1)
}

/** An exchange on the site's first listener. */
export function opened(site: ToySite, head: RequestHead | HeadFault, more: Partial<Arrival> = {}): ToyExchange {
  return site.open(arrivalOn(site.listeners[0] as ListenerSpec, more), head)
}
