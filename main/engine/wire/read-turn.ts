/** Who read something that is not told yet. */
export interface Reader {
  tellRead(): void
}

let waiting: Reader[] = []

/**
 * Has what was read told at the end of this turn of the loop, when all sockets that were ready have been read. The writes
 * that follow then stand close together: whoever reads on the other side is woken once for many of them instead of falling
 * asleep in between. Measured with 64 pingpong connections, proxy on a core of its own: a quarter less CPU a message.
 */
export function tellThisTurn(reader: Reader): void {
  if (waiting.push(reader) === 1) setImmediate(tellAll)
}

function tellAll(): void {
  const readers = waiting
  waiting = []
  for (const reader of readers) reader.tellRead()
}
