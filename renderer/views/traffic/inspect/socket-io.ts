/** The text framing of Engine.IO 4 and Socket.IO 5, to show it; nothing is decoded for a program here. */

const engineTypes = ['open', 'close', 'ping', 'pong', 'message', 'upgrade', 'noop'] as const
const socketTypes = ['connect', 'disconnect', 'event', 'ack', 'connect error', 'binary event', 'binary ack'] as const

export interface SocketIoPacket {
  readonly engine: { readonly digit: number; readonly name: string }
  /** null: Engine.IO's own packet. */
  readonly socket: { readonly digit: number; readonly name: string } | null
  readonly namespace: string
  /** null: no acknowledgement is asked for, or given. */
  readonly ack: string | null
  /** Binary messages that follow. */
  readonly attachments: number
  /** Where the JSON begins, in bytes: all before it is ASCII but a namespace. */
  readonly dataAt: number
}

/**
 * Reads the prefix of a text message: `42/chat,13["message",…]`. null: it is not one. `known`: the URL says Engine.IO
 * (`EIO=4`); otherwise a packet is believed only where JSON follows its digits, since `42` alone is JSON as well.
 */
export function readSocketIo(text: string, known: boolean): SocketIoPacket | null {
  const engine = named(engineTypes, text, 0)
  if (engine === null) return null
  if (engine.name !== 'message') return known || isBareJson(text, 1, engine.name) ? bare(engine) : null
  const socket = named(socketTypes, text, 1)
  if (socket === null) return known ? bare(engine) : null
  const rest = /^(?:(\d+)-)?(?:(\/[^,]*)(?:,|$))?(\d+)?/.exec(text.slice(2))
  const [prefix = '', attachments, namespace = '/', ack] = rest ?? []
  const chars = 2 + prefix.length
  if (!known && !/^[[{]/.test(text.slice(chars))) return null
  const dataAt = new TextEncoder().encode(text.slice(0, chars)).length
  return { engine, socket, namespace, ack: ack ?? null, attachments: Number(attachments ?? 0), dataAt }
}

/** Whether a request speaks Engine.IO: its query says so. */
export function isEngineIo(target: string): boolean {
  return /[?&]EIO=\d/.test(target)
}

function named(types: readonly string[], text: string, at: number): SocketIoPacket['engine'] | null {
  const digit = text.charCodeAt(at) - 48
  const name = types[digit]
  return name === undefined ? null : { digit, name }
}
function bare(engine: SocketIoPacket['engine']): SocketIoPacket {
  return { engine, socket: null, namespace: '/', ack: null, attachments: 0, dataAt: 1 }
}
/** `0{"sid":…}` can be nothing else. */
function isBareJson(text: string, at: number, name: string): boolean {
  return name === 'open' && text[at] === '{'
}
