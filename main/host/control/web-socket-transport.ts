import { decode, encode } from '@msgpack/msgpack'
import type { WebSocket } from 'ws'
import type { ServerMessage } from '../../../shared/contract.js'
import { CloseCode } from './transport.js'
import type { Transport } from './transport.js'

/** The contract over a WebSocket, each message as MessagePack. */
export class WebSocketTransport implements Transport {
  readonly #socket: WebSocket
  onMessage: (message: unknown) => void = () => {}
  onClose: () => void = () => {}

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.binaryType = 'nodebuffer'
    socket.on('message', (data, binary) => this.#heard(data as Buffer, binary))
    socket.on('close', () => this.onClose())
    socket.on('error', () => socket.terminate())
  }

  get pendingBytes(): number {
    return this.#socket.bufferedAmount
  }

  send(message: ServerMessage): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(encode(message, { ignoreUndefined: true }))
  }

  close(code: CloseCode, why: string): void {
    this.#socket.close(code, why)
  }

  #heard(data: Buffer, binary: boolean): void {
    if (!binary) return this.close(CloseCode.badMessage, 'messages are MessagePack')
    try {
      this.onMessage(decode(data))
    } catch {
      this.close(CloseCode.badMessage, 'not MessagePack')
    }
  }
}
