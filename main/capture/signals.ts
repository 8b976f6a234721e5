/** A few words of shared memory by which the writer tells the reader that there is more, without a message a batch. */
const commitsWord = 0

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
