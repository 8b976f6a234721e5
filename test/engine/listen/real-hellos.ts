import { spawn } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'

/** The first bytes that a client really sends to a port: until `count` of them came, or it waits for an answer. */
async function firstBytes(dial: (port: number) => () => void): Promise<Buffer> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'connection') as Promise<[net.Socket]>
  const hangUp = dial((server.address() as net.AddressInfo).port)
  const [socket] = await accepted
  socket.on('error', () => {})
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  hangUp()
  server.close()
  return bytes
}

export function nodeHello(options: tls.ConnectionOptions): Promise<Buffer> {
  return firstBytes((port) => {
    const socket = tls.connect({ port, host: '127.0.0.1', ...options })
    socket.on('error', () => {})
    return () => socket.destroy()
  })
}

export function opensslHello(words: readonly string[]): Promise<Buffer> {
  return firstBytes((port) => {
    const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...words], { stdio: ['pipe', 'ignore', 'ignore'] })
    return () => child.kill()
  })
}

/**
 * A hello built as Chromium builds it: GREASE (RFC 8701) among ciphers, groups and extensions, a post-quantum key share of
 * 1216 bytes, extensions in an order of their own, server name last.
 */
export function browserHello(serverName: string, alpn: readonly string[]): Buffer {
  const extensions = Buffer.concat([
    extension(0x4a4a, Buffer.alloc(0)),
    extension(0x0033, vector(2, Buffer.concat([keyShare(0x6a6a, 1), keyShare(0x11ec, 1216), keyShare(29, 32)]))),
    extension(0x0010, vector(2, Buffer.concat(alpn.map((name) => vector(1, Buffer.from(name)))))),
    extension(0xff01, Buffer.from([0])),
    extension(0x002b, vector(1, Buffer.from('7a7a03040303', 'hex'))),
    extension(0x0000, vector(2, Buffer.concat([Buffer.from([0]), vector(2, Buffer.from(serverName))]))),
    extension(0x8a8a, Buffer.from([0]))
  ])
  const ciphers = vector(2, Buffer.from('2a2a130113021303c02bc02f', 'hex'))
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32, 9),
    vector(1, Buffer.alloc(32, 8)),
    ciphers,
    vector(1, Buffer.from([0])),
    vector(2, extensions)
  ])
  return records(Buffer.concat([Buffer.from([1]), vector(3, body)]), 16_384)
}

/** A handshake message as records of at most `size` bytes each (RFC 8446 §5.1). */
export function records(message: Buffer, size: number): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; at < message.length; at += size) pieces.push(Buffer.from([22, 3, 1]), vector(2, message.subarray(at, at + size)))
  return Buffer.concat(pieces)
}

/** The handshake message in the records of `bytes`. */
export function unrecorded(bytes: Buffer): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt16BE(at + 3))
    pieces.push(bytes.subarray(at + 5, at + 5 + bytes.readUInt16BE(at + 3)))
  return Buffer.concat(pieces)
}

function keyShare(group: number, size: number): Buffer {
  return Buffer.concat([Buffer.from([group >> 8, group & 255]), vector(2, Buffer.alloc(size, 5))])
}
function extension(type: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type >> 8, type & 255]), vector(2, body)])
}
function vector(width: number, body: Buffer): Buffer {
  const length = Buffer.alloc(width)
  length.writeUIntBE(body.length, 0, width)
  return Buffer.concat([length, body])
}
