import type { ClosedMessage, ServerMessage } from '../../../shared/contract.js'
import type { CloseCode, Transport } from './transport.js'

/** What Node's and Electron's MessagePorts have in common; the two tell a message differently, so the caller adapts that. */
export interface PortLike {
  postMessage(message: unknown): void
  close(): void
}

/** The contract over a MessagePort. A port has no backpressure: what must not pile up waits for an acknowledgement. */
export class MessagePortTransport implements Transport {
  readonly #port: PortLike
  readonly pendingBytes = 0
  onMessage: (message: unknown) => void = () => {}
  onClose: () => void = () => {}

  /** @param subscribe hands on each message's data, and the port's end. */
  constructor(port: PortLike, subscribe: (onMessage: (data: unknown) => void, onClose: () => void) => void) {
    this.#port = port
    subscribe(
      (data) => this.onMessage(data),
      () => this.onClose()
    )
  }

  send(message: ServerMessage): void {
    this.#port.postMessage(message)
  }

  /** A port has no close codes: its last message says them. */
  close(code: CloseCode, why: string): void {
    this.#port.postMessage({ closed: code, why } satisfies ClosedMessage)
    this.#port.close()
  }
}
