import { networkInterfaces } from 'node:os'
import { isIPv4, isIPv6 } from 'node:net'
import { SwitchyardError } from '../../shared/errors.js'
import type { ListenerSpec } from '../../shared/site.js'
import type { Binding } from '../engine/engine.js'

export interface BindingRules {
  /** Production port → port here (`--port 443=8443`). */
  readonly ports: ReadonlyMap<number, number>
  /** Bind addresses as written, reachable from other machines. */
  readonly expose: boolean
}

/**
 * Where each listener of a config is served here: on loopback unless the user exposes it, on its own port unless it is
 * mapped. Production addresses that this machine lacks get loopback addresses of their own, so that two of them with one
 * port stay two listeners.
 *
 * @param here addresses of this machine.
 * @throws SwitchyardError `bad-argument` where a mapping would make one port of two.
 */
export function bindingsFor(listeners: readonly ListenerSpec[], rules: BindingRules, here = localAddresses()): Binding[] {
  refuseMerged(listeners, rules.ports)
  const taken = new Set<string>()
  return listeners.flatMap((spec) => {
    const port = rules.ports.get(spec.port) ?? spec.port
    const all = rules.expose ? exposed(spec.address, here) : onLoopback(spec.address)
    // Any free port is another one in each family: it is served in the first alone.
    const addresses = port === 0 ? all.slice(0, 1) : all
    return addresses.flatMap((address, index): Binding[] => {
      // The second family of `*` stands back where the config names that address by itself.
      if (index > 0 && taken.has(`${address} ${port}`)) return []
      const free = port === 0 ? address : freeAddress(address, port, taken)
      taken.add(`${free} ${port}`)
      return [{ spec, address: free, port, optional: index > 0 }]
    })
  })
}

function refuseMerged(listeners: readonly ListenerSpec[], ports: ReadonlyMap<number, number>): void {
  const from = new Map<number, number>()
  for (const { port } of listeners) {
    const here = ports.get(port) ?? port
    const other = from.get(here)
    if (here !== 0 && other !== undefined && other !== port) {
      throw new SwitchyardError('bad-argument', `Ports ${other} and ${port} of the config would both be served on ${here}.`, {
        hint: `Serve one of them elsewhere: by Ports on the Config screen, --port ${port}=ANOTHER on the command line.`
      })
    }
    from.set(here, port)
  }
}

/** `*` is both families; the second is served where it can be. */
function exposed(address: string, here: ReadonlySet<string>): string[] {
  if (address === '*') return ['0.0.0.0', '::']
  if (address === '0.0.0.0' || address === '::' || here.has(address)) return [address]
  return onLoopback(address)
}

function onLoopback(address: string): string[] {
  if (address === '*') return ['127.0.0.1', '::1']
  if (address === '::1' || (isIPv4(address) && address.startsWith('127.'))) return [address]
  return [isIPv6(address) ? '::1' : '127.0.0.1']
}

/** Linux has all of 127.0.0.0/8 on loopback; elsewhere the bind fails and says so. */
function freeAddress(address: string, port: number, taken: ReadonlySet<string>): string {
  if (!taken.has(`${address} ${port}`)) return address
  for (let last = 2; last < 255; last++) if (!taken.has(`127.0.0.${last} ${port}`)) return `127.0.0.${last}`
  return address
}

export function localAddresses(): ReadonlySet<string> {
  return new Set(Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address)))
}

/** Whether other machines could reach it. */
export function isExposed(address: string): boolean {
  return !(address === '::1' || address.startsWith('127.'))
}
