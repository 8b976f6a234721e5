import type { Deadlines } from '../deadlines.js'
import type { Wire, WireOwner } from '../wire/wire.js'

/** How long a wire that was ended may take to write what is pending, and its peer to end too. */
export const lingerMs = 2000

/**
 * Gives a wire up. `fin`: behind what is pending, and it reads on to nowhere until its peer ends or {@link lingerMs}
 * are over, since closing with unread bytes would be a RST that overtakes them (RFC 9112 §9.6).
 */
export function letGo(wire: Wire, how: 'now' | 'fin' | 'rst', deadlines: Deadlines): void {
  if (wire.closed) return
  const deadline = deadlines.make()
  wire.owner = nowhere(() => deadline.clear())
  if (how === 'now') return wire.destroy()
  if (how === 'rst') return wire.reset()
  deadline.set(lingerMs, () => wire.destroy())
  wire.end()
  wire.resume()
}

function nowhere(closed: () => void): WireOwner {
  return { received() {}, ended() {}, drained() {}, closed }
}
