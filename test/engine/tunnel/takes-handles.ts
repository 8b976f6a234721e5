import { TunnelStand } from './stand.js'
import type { ReadWay, SocketWire } from '../../../main/engine/wire/socket-wire.js'

/** How plain and TLS wires of this runtime read, on both sides of a tunnel. */
export async function takesHandles(pair: { readonly cert: string; readonly key: string }): Promise<readonly ReadWay[]> {
  const ways: ReadWay[] = []
  for (const secure of [null, pair]) {
    const stand = await TunnelStand.open(secure)
    const { wires } = await stand.join()
    ways.push((wires.client as SocketWire).way, (wires.origin as SocketWire).way)
    await stand.close()
  }
  return ways
}
