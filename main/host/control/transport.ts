import type { ServerMessage } from '../../../shared/contract.js'

/** One screen's line to the host. Messages are plain data; how they travel is the transport's matter. */
export interface Transport {
  send(message: ServerMessage): void
  /** Messages come parsed from the wire, but not yet checked. */
  onMessage: (message: unknown) => void
  /** Told once, whoever closed. */
  onClose: () => void
  close(code: CloseCode, why: string): void
  /** Bytes that wait to be sent; 0 where that cannot be known. */
  readonly pendingBytes: number
}

/** WebSocket close codes of our own (RFC 6455 §7.4.2: 4000-4999 are private). */
export const CloseCode = { stopped: 4000, badMessage: 4400, wrongToken: 4401, tooSlow: 4408, otherVersion: 4426 } as const
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode]
