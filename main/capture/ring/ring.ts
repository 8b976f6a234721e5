/**
 * One ring of shared memory from the engine's thread (the only producer) to the writer's thread (the only consumer).
 * Why it looks as it does stands in docs/decisions/0002-ring-layout.md.
 *
 * Control block of 256 bytes, 32-bit words, each hot word on a cache line of its own; then the data, a power of two.
 * Positions count units of 8 bytes, modulo 2^32, so that they are plain 32-bit atomics and still tell 32 GiB apart.
 */
export const controlBytes = 256
export const unitBytes = 8

/** Indices of 32-bit words in the control block. */
export const ControlWord = {
  /** Where the producer writes next, in units. Only the producer stores it. */
  write: 16,
  /** Where the consumer reads next, in units. Only the consumer stores it. */
  read: 32,
  /** Records that found no room, modulo 2^32. */
  missedRecords: 48,
  /** Bytes of payload that found no room: low word, high word. */
  missedBytesLow: 49,
  missedBytesHigh: 50,
  /** Of the missed records, those that were notes, modulo 2^32. */
  missedNotes: 51
} as const

/** Longest payload of one record; more is split, so that one record never holds up the other side for long. */
export const maxRecordBytes = 1 << 20

/** A stretch at the ring's end that is too short for a header and one unit is skipped by both sides, without a record. */
export const shortestRecordBytes = 32

export const defaultRingBytes = 64 * 1024 * 1024
export const smallestRingBytes = 64 * 1024
export const largestRingBytes = 1024 * 1024 * 1024

/** Shared memory for a ring with `bytes` of data, rounded up to a power of two between 64 KiB and 1 GiB. */
export function createRing(bytes = defaultRingBytes): SharedArrayBuffer {
  return new SharedArrayBuffer(controlBytes + ringDataBytes(bytes))
}

function ringDataBytes(asked: number): number {
  const bounded = Math.min(Math.max(asked, smallestRingBytes), largestRingBytes)
  return 2 ** Math.ceil(Math.log2(bounded))
}

/** What the ring could not take since it was made. */
export interface MissedCounters {
  readonly records: number
  readonly notes: number
  readonly bytes: number
}

/** Reads the counters of what was missed, from any thread. */
export function missedOf(ring: SharedArrayBuffer): MissedCounters {
  const words = new Int32Array(ring, 0, controlBytes / 4)
  let high = Atomics.load(words, ControlWord.missedBytesHigh)
  let low = Atomics.load(words, ControlWord.missedBytesLow)
  // Two words cannot be read at once: read again until the high one stood still around the low one.
  for (
    let again = Atomics.load(words, ControlWord.missedBytesHigh);
    again !== high;
    again = Atomics.load(words, ControlWord.missedBytesHigh)
  ) {
    high = again
    low = Atomics.load(words, ControlWord.missedBytesLow)
  }
  return {
    records: Atomics.load(words, ControlWord.missedRecords) >>> 0,
    notes: Atomics.load(words, ControlWord.missedNotes) >>> 0,
    bytes: (high >>> 0) * 2 ** 32 + (low >>> 0)
  }
}

/** Bytes in the ring that are written and not yet read. */
export function ringFilledBytes(ring: SharedArrayBuffer): number {
  const words = new Int32Array(ring, 0, controlBytes / 4)
  return ((Atomics.load(words, ControlWord.write) - Atomics.load(words, ControlWord.read)) >>> 0) * unitBytes
}
