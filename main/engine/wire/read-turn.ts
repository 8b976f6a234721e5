/** Who read something that is not told yet. */
export interface Reader {
  tellRead(): void
}
/** Who holds something back to write it behind all that is told in this turn. */
export interface Writer {
  writeHeld(): void
}

let waiting: Reader[] = []
let writing: Writer[] = []
let telling = false

/**
 * Has what was read told at the end of this turn of the loop, when all sockets that were ready have been read. The writes
 * that follow then stand close together: whoever reads on the other side is woken once for many of them instead of falling
 * asleep in between. Measured with 64 pingpong connections, proxy on a core of its own: a quarter less CPU a message.
 */
export function tellThisTurn(reader: Reader): void {
  if (waiting.push(reader) === 1) setImmediate(tellAll)
}

/**
 * Has a writer write when everybody has been told, so that what is decided between two writes of a turn stands before both.
 * @returns false outside of such a turn: nothing would come behind it.
 */
export function writeThisTurn(writer: Writer): boolean {
  if (telling) writing.push(writer)
  return telling
}

function tellAll(): void {
  const readers = waiting
  waiting = []
  telling = true
  for (const reader of readers) reader.tellRead()
  telling = false
  const writers = writing
  writing = []
  for (const writer of writers) writer.writeHeld()
}
