import { kindOfBytes, type ByteKind } from './byte-kind.js'
import { readJson, type JsonNode, type JsonReading } from './json-bytes.js'
import { readSocketIo, type SocketIoPacket } from './socket-io.js'
import { charAt } from './text-rows.js'

export type Decoded =
  | { readonly as: 'empty' }
  | { readonly as: 'close' }
  | { readonly as: 'json'; readonly root: JsonNode; readonly stopped: JsonReading['stopped']; readonly packet: SocketIoPacket | null }
  | { readonly as: 'packet'; readonly packet: SocketIoPacket }
  | { readonly as: 'text' }
  | { readonly as: 'bytes'; readonly kind: ByteKind | null }

const close = 8

/**
 * What the first bytes of a message are. `opcode` 0 (a continuation) can be either text or binary: the bytes tell.
 * `whole`: these are all of them.
 */
export function decodeBytes(bytes: Uint8Array, opcode: number, engineIo: boolean, whole: boolean): Decoded {
  if (opcode === close) return { as: 'close' }
  if (bytes.length === 0) return { as: 'empty' }
  const kind = opcode === 1 ? null : kindOfBytes(bytes)
  if (kind !== null || (opcode !== 1 && !isText(bytes, whole))) return { as: 'bytes', kind }
  return decodeText(bytes, engineIo)
}

function decodeText(bytes: Uint8Array, engineIo: boolean): Decoded {
  const packet = readSocketIo(new TextDecoder().decode(bytes.subarray(0, 512)), engineIo)
  if (packet !== null && packet.dataAt >= bytes.length) return { as: 'packet', packet }
  const { root, stopped } = readJson(bytes, packet?.dataAt ?? 0)
  // A bracket and nothing that follows is how a line of a log begins, too.
  const nothing = root === null || (stopped !== null && root.children.length === 0)
  if (!nothing) return { as: 'json', root, stopped, packet }
  return packet === null ? { as: 'text' } : { as: 'packet', packet }
}

/** UTF-8 without the control characters that no text has. A character that was cut at the end is none of its faults. */
export function isText(bytes: Uint8Array, whole: boolean): boolean {
  const end = Math.min(bytes.length, 4096)
  for (let at = 0; at < end;) {
    const { size, code } = charAt(bytes, at)
    if (code === null && !(at > bytes.length - 4 && !whole)) return false
    if (code !== null && code < 0x20 && code !== 9 && code !== 10 && code !== 13) return false
    at += size
  }
  return true
}
