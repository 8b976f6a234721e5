/** A few words of shared memory by which the writer tells how far it is, without a message a batch. */
const commitsWord = 0
/** Of 64 bits: µs since the epoch. */
const turnWord = 1

export function createSignals(): SharedArrayBuffer {
  return new SharedArrayBuffer(64)
}
/** A batch was committed. */
export function signalCommit(signals: SharedArrayBuffer): void {
  Atomics.add(new Int32Array(signals), commitsWord, 1)
}
/** How many batches were committed, modulo 2^32. */
export function commitsOf(signals: SharedArrayBuffer): number {
  return Atomics.load(new Int32Array(signals), commitsWord)
}

/** The writer took everything that stood in the ring at `atMs` (since the epoch), and then wrote what was due. */
export function signalTurn(signals: SharedArrayBuffer, atMs: number): void {
  Atomics.store(new BigInt64Array(signals), turnWord, BigInt(Math.round(atMs * 1000)))
}
/** When that was last, ms since the epoch; 0: not yet. A writer that the machine gives no time to is told by it from one that is slow. */
export function lastTurnOf(signals: SharedArrayBuffer): number {
  return Number(Atomics.load(new BigInt64Array(signals), turnWord)) / 1000
}
