/** The bounds of a capture. All of them are in bytes but where the name says otherwise. */
export interface CaptureLimits {
  /** Kept of one frame's payload, and of one HTTP body a side. */
  readonly maxPayloadBytes: number
  /** A compressed message is inflated up to this; what is kept of it is `maxPayloadBytes`. */
  readonly maxInflateBytes: number
  /** Payloads longer than this stand in a segment file, not in the database. */
  readonly maxInlineBytes: number
  /** Memory for payloads that are not committed yet, over all tunnels; beyond it payloads are cut. */
  readonly maxPendingBytes: number
  /** Log lines kept; the oldest go. */
  readonly maxLogLines: number
  /** Longest time from the first record of a batch to its commit begins. */
  readonly commitMs: number
}
export const defaultLimits: CaptureLimits = {
  maxPayloadBytes: 1024 * 1024,
  maxInflateBytes: 4 * 1024 * 1024,
  maxInlineBytes: 4096,
  maxPendingBytes: 128 * 1024 * 1024,
  maxLogLines: 200_000,
  commitMs: 40
}
