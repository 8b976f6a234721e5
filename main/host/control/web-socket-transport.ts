import type { WebSocket } from 'ws'
import type { ServerMessage } from '../../../shared/contract.js'
import { readMessage, writeMessage } from './message-pack.js'
import { CloseCode } from './transport.js'
import type { Transport } from './transport.js'

/** A close frame holds 125 bytes, two of them the code (RFC 6455 §5.5). */
const maxReasonBytes = 123

/** The contract over a WebSocket, each message as MessagePack. */
export class WebSocketTransport implements Transport {
  readonly #socket: WebSocket
  onMessage: (message: unknown) => void = () => {}
  onClose: () => void = () => {}

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data, binary) => this.#heard(data as Buffer, binary))
    socket.on('close', () => this.onClose())
    socket.on('error', () => socket.terminate())
  }

  get pendingBytes(): number {
    return this.#socket.bufferedAmount
  }

  send(message: ServerMessage): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(writeMessage(message))
  }

  close(code: CloseCode, why: string): void {
    this.#socket.close(
      code,
      Buffer.from(why)
        .subarray(0, maxReasonBytes)
        .toString()
        .replace(/\ufffd+$/, '')
    )
  }

  #heard(data: Buffer, binary: boolean): void {
    const message = binary ? read(data) : undefined
    if (message === undefined) this.close(CloseCode.badMessage, 'messages are MessagePack')
    else this.onMessage(message)
  }
}

function read(data: Buffer): unknown {
  try {
    return readMessage(data)
  } catch {
    return undefined
  }
}
