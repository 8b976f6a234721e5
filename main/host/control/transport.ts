import type { ServerMessage } from '../../../shared/contract.js'

/** One screen's line to the host. Messages are plain data; how they travel is the transport's matter. */
export interface Transport {
  send(message: ServerMessage): void
  /** Messages come parsed from the wire, but not yet checked. */
  onMessage: (message: unknown) => void
  onClose: () => void
  close(code: CloseCode, why: string): void
  /** Bytes that wait to be sent; an event that may be left out is, when they are many. */
  readonly pendingBytes: number
}

/** WebSocket close codes of our own (RFC 6455 §7.4.2: 4000-4999 are private). */
export const CloseCode = { stopped: 4000, wrongToken: 4401, otherVersion: 4426, badMessage: 4400 } as const
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode]
