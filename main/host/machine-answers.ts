import { Authorities } from '../certs/authorities.js'
import { caStatus, caTrust } from '../certs/ca-command.js'
import type { CaContext } from '../certs/ca-command.js'
import { AddressMap } from '../engine/address-map.js'
import type { Answers } from './answers.js'
import { probe } from './backend-probe.js'
import { listFolder } from './folder-list.js'
import type { Host } from './host.js'

type MachineRequest = 'hello' | 'backend.probe' | 'files.list' | `authorities.${'list' | 'trust'}` | `settings.${'get' | 'set'}` | 'cancel'

/** What concerns the machine that the engine runs on, and its user. */
export function machineAnswers(host: Host): Answers<MachineRequest> {
  const certificates = (): CaContext => ({
    authorities: new Authorities({ dataDir: host.dataDir }),
    ...(host.trustStores === undefined ? {} : { stores: host.trustStores })
  })
  return {
    hello: () => host.hello,
    'backend.probe': async ({ host: name, port, tls }, signal) => {
      // Where the proxy would connect to.
      const to = new AddressMap(host.config?.options.maps ?? []).addressOf({ host: name, port, tls: null })
      return await probe(to.host, to.port, tls, signal)
    },
    'files.list': async ({ folder }) => await listFolder(folder),
    'authorities.list': async () => await caStatus(certificates()),
    'authorities.trust': async ({ authority, store, trusted }) => ({ outcome: await caTrust(certificates(), authority, store, trusted) }),
    'settings.get': () => host.settings.read(),
    'settings.set': async (values) => await host.settings.set(values),
    cancel: () => null
  }
}
