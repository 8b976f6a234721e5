import { Buffer } from 'node:buffer'
import type net from 'node:net'
import type { TlsFacts } from '../../../shared/site.js'
import { moveHandle } from './handle.js'
import { Intake, giveReadBuffer, takeReadBuffer } from './read-buffers.js'
import { tellThisTurn, writeThisTurn, type Reader, type Writer } from './read-turn.js'
import type { Endpoint, Wire, WireOwner } from './wire.js'

/** A TLS wire takes bytes without waiting up to here: each of its writes ends a turn of the loop later. */
export const tlsQueueBytes = 65_536

/** What a wire is made of besides its socket. */
export interface WireParts {
  readonly tls: TlsFacts | null
  /** The plain socket below a TLS one: what is reset. */
  readonly below: net.Socket | null
  /** Bytes that were read before the wire was there: the first that it brings. */
  readonly first: Buffer | null
}
export const plainParts: WireParts = { tls: null, below: null, first: null }

/** How a wire gets its bytes: into a reused buffer, or by 'data' events where the runtime does not bear that. */
export type ReadWay = 'onread' | 'data'

/**
 * How often a source was held, its buffer lent, and bytes kept that came while nothing was wanted, over all wires. A test
 * that means to stall proves by these that it did.
 * @internal
 */
export const stallCounts = { held: 0, lent: 0, kept: 0 }

/**
 * A wire over a `net.Socket` that reads into one reused buffer (`onread`). A write that the system takes whole is over
 * when it returns; where it is not, the reader lends its buffer until 'drain' and reads on into another. TLS takes a
 * write's bytes at once while its stream is empty; behind others they are copied. Reads nothing before `start` or `resume`.
 *
 * Bounds: one read buffer a wire, and what one read brought while it was paused (TLS decrypts a whole read at once:
 * < 64 KiB); towards a sink that stalls, one lent buffer, or {@link tlsQueueBytes} and one read where the sink speaks TLS.
 */
export class SocketWire implements Wire, Reader, Writer {
  owner: WireOwner = nobody
  readonly remote: Endpoint
  readonly local: Endpoint
  readonly tls: TlsFacts | null
  bytesRead = 0
  bytesWritten = 0
  readonly #socket: net.Socket
  readonly #below: net.Socket | null
  readonly #secure: boolean
  readonly #intake: Intake | null
  /** Read buffers of others that the system still writes from. */
  readonly #lent: Buffer[] = []
  /** Text that is written at the end of this turn of the loop. */
  #text = ''
  /** Who is held until this wire has drained. */
  readonly #holding: SocketWire[] = []
  /** Sinks that this wire waits for. */
  #held = 0
  #paused = false
  #started = false
  #reading = false
  #inRead = false
  /** Bytes in the read buffer that are told at the end of this turn of the loop. */
  #unread = 0
  /** What came although nothing was wanted. */
  readonly #stash: Buffer[] = []
  /** The piece of the stash that is being told: its bytes are nobody else's. */
  #given: Buffer | null = null
  #tellingSoon = false
  #owesDrained = false
  #owesEnd = false
  #owesClosed = false
  #error: NodeJS.ErrnoException | null = null
  /** Nothing more can be written. */
  #shut = false
  /** Its owner gave it up, or was told that it is over. */
  #gone = false
  #told = false

  /**
   * @param intake what `socket` was made with to read by `onread`; null: it reads by 'data' events.
   * @internal use {@link SocketWire.over} for a socket that somebody else made.
   */
  constructor(socket: net.Socket, parts: WireParts, intake: Intake | null) {
    this.#socket = socket
    this.#below = parts.below
    this.#secure = parts.tls !== null
    this.#intake = intake
    this.tls = parts.tls
    this.remote = endpoint(socket.remoteAddress, socket.remotePort)
    this.local = endpoint(socket.localAddress, socket.localPort)
    if (parts.first !== null && parts.first.length > 0) this.#keep(parts.first)
    if (intake === null) socket.on('data', (bytes: Buffer) => this.#onData(bytes)).pause()
    else intake.onBytes = (buffer, bytes) => this.#onRead(buffer, bytes)
    socket.on('end', () => this.#onEnd())
    socket.on('error', (error: NodeJS.ErrnoException) => (this.#error ??= error))
    socket.on('close', () => this.#onClose())
  }

  /** Over a connected socket that somebody else made: its handle is moved where the runtime bears that. */
  static over(socket: net.Socket, parts: WireParts, way: ReadWay = 'onread'): SocketWire {
    if (way === 'data') return new SocketWire(socket, parts, null)
    const intake = new Intake()
    const moved = moveHandle(socket, intake)
    if (moved !== null) return new SocketWire(moved, parts, intake)
    giveReadBuffer(intake.current)
    return new SocketWire(socket, parts, null)
  }

  get way(): ReadWay {
    return this.#intake === null ? 'data' : 'onread'
  }
  get closed(): boolean {
    return this.#gone
  }
  get pendingBytes(): number {
    return this.#socket.writableLength + this.#text.length
  }

  /** Begins to read, unless it was paused meanwhile. */
  start(): void {
    this.#started = true
    this.#turn()
  }

  write(bytes: Buffer): boolean {
    if (this.#shut) return true
    this.writeHeld()
    this.bytesWritten += bytes.length
    this.#socket.write(bytes, this.#onWritten)
    return this.#taken()
  }

  writeLatin1(text: string): boolean {
    if (this.#shut) return true
    this.bytesWritten += text.length
    if (this.#holds(text)) return true
    this.#socket.write(text, 'latin1', this.#onWritten)
    return this.#taken()
  }

  forward(source: Wire, bytes: Buffer, start: number, end: number): boolean {
    if (this.#shut) return true
    this.writeHeld()
    const view = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end)
    if (!(source instanceof SocketWire)) return this.write(Buffer.from(view))
    this.bytesWritten += end - start
    const owner = this.#ownerOf(source, bytes)
    const mustCopy = owner === 'other' || (this.#secure && this.#socket.writableLength > 0)
    this.#socket.write(mustCopy ? Buffer.from(view) : view, this.#onWritten)
    if (this.#socket.writableLength === 0) return true
    if (owner === 'source' && !this.#secure) this.#borrow(source, bytes)
    if (this.#taken()) return true
    this.#hold(source)
    return false
  }

  cork(): void {
    this.#socket.cork()
  }
  uncork(): void {
    this.#socket.uncork()
    // Who was held just because of the cork goes on.
    if (this.#socket.writableLength === 0) this.#letGo()
  }

  pause(): void {
    this.#paused = true
    this.#turn()
  }
  resume(): void {
    this.#paused = false
    this.#started = true
    this.#turn()
  }

  end(): void {
    this.writeHeld()
    this.#shut = true
    this.#socket.end()
  }

  reset(): void {
    if (this.#gone) return
    this.writeHeld()
    const plain = this.#below ?? this.#socket
    // A Unix socket has no RST: there, and where the handle is gone already, it just ends.
    if (plain.remotePort !== undefined && !plain.destroyed) plain.resetAndDestroy()
    this.destroy()
  }

  destroy(): void {
    this.writeHeld()
    this.#gone = this.#shut = true
    this.#socket.destroy()
    if (this.#owesClosed) process.nextTick(() => this.#tellClosed())
  }

  // ── writing ───────────────────────────────────────────────────────────────────────────────────

  /** Whether text waits for the end of the turn: on a plain wire, which writes at once, and behind nothing else. */
  #holds(text: string): boolean {
    if (this.#secure || this.#socket.writableLength > 0) return false
    if (this.#text === '' && !writeThisTurn(this)) return false
    this.#text += text
    return true
  }

  /** @internal */
  writeHeld(): void {
    const text = this.#text
    if (text === '') return
    this.#text = ''
    this.#socket.write(text, 'latin1', this.#onWritten)
    this.#taken()
  }

  /** Whether the caller may go on, right after a write. */
  #taken(): boolean {
    const pending = this.#socket.writableLength
    if (pending === 0) return true
    this.#owesDrained = true
    return (this.#secure || this.#socket.writableCorked > 0) && pending < tlsQueueBytes
  }

  /** Whose the bytes are: the read buffer of `source`, something that nobody writes to again, or unknown to us. */
  #ownerOf(source: SocketWire, bytes: Buffer): 'source' | 'nobody' | 'other' {
    if (source.#intake === null) return 'nobody'
    if (bytes === source.#intake.current) return 'source'
    return bytes === source.#given || this.#lent.includes(bytes) ? 'nobody' : 'other'
  }

  #borrow(source: SocketWire, bytes: Buffer): void {
    stallCounts.lent++
    this.#lent.push(bytes)
    ;(source.#intake as Intake).current = takeReadBuffer()
  }

  #hold(source: SocketWire): void {
    if (this.#holding.includes(source)) return
    stallCounts.held++
    this.#holding.push(source)
    source.#held++
    source.#turn()
  }

  /** After each write, whether the system took it at once or only now. */
  readonly #onWritten = (error?: Error | null): void => {
    if (!this.#owesDrained || error || this.#socket.writableLength > 0) return
    this.#owesDrained = false
    this.#letGo()
    this.owner.drained()
  }

  #letGo(): void {
    if (this.#holding.length === 0 && this.#lent.length === 0) return
    for (const buffer of this.#lent.splice(0)) giveReadBuffer(buffer)
    for (const source of this.#holding.splice(0)) {
      source.#held--
      source.#turn()
    }
  }

  // ── reading ───────────────────────────────────────────────────────────────────────────────────

  get #wanted(): boolean {
    return this.#held === 0 && !this.#paused && this.#started
  }

  /**
   * One read, on the hot path. False stops the reading. A plain socket that did not fill the buffer had no more: nothing
   * is read into it before the next turn of the loop. TLS decrypts several pieces into it, one behind the other.
   */
  #onRead(buffer: Buffer, bytes: number): boolean {
    this.tellRead()
    if (this.#secure || bytes === buffer.length) return this.#onBytes(buffer, bytes)
    this.#unread = bytes
    tellThisTurn(this)
    return true
  }

  /** @internal */
  tellRead(): void {
    const bytes = this.#unread
    if (bytes === 0) return
    this.#unread = 0
    if (!this.#gone && !this.#onBytes((this.#intake as Intake).current, bytes)) this.#socket.pause()
  }

  /** Tells bytes, or keeps them. False: no more are wanted. */
  #onBytes(buffer: Buffer, bytes: number): boolean {
    this.bytesRead += bytes
    if (this.#stash.length > 0 || !this.#wanted) this.#keep(Buffer.from(buffer.subarray(0, bytes)))
    else {
      this.#inRead = true
      this.owner.received(buffer, 0, bytes)
      this.#inRead = false
    }
    return (this.#reading = this.#wanted && this.#stash.length === 0)
  }

  #onData(bytes: Buffer): void {
    if (!this.#onBytes(bytes, bytes.length)) this.#socket.pause()
  }

  /** TLS tells what one read held although nothing is wanted any more; bounded by that read. */
  #keep(bytes: Buffer): void {
    stallCounts.kept++
    this.#stash.push(bytes)
  }

  /** Brings the socket to read, or not, as is wanted now. Inside of a read its return value does that. */
  #turn(): void {
    if (this.#inRead || this.#told) return
    const wanted = this.#wanted
    if (wanted && (this.#stash.length > 0 || this.#owesEnd || this.#owesClosed)) return this.#tellSoon()
    if (wanted === this.#reading) return
    this.#reading = wanted
    if (wanted) this.#socket.resume()
    else this.#socket.pause()
  }

  /** What was kept is told in a turn of its own, never within a call of the owner. */
  #tellSoon(): void {
    if (this.#tellingSoon) return
    this.#tellingSoon = true
    process.nextTick(() => {
      this.#tellingSoon = false
      this.#tellKept()
    })
  }

  #tellKept(): void {
    while (this.#wanted && this.#stash.length > 0 && !this.#gone) {
      const piece = (this.#given = this.#stash[0] as Buffer)
      this.owner.received(piece, 0, piece.length)
      this.#stash.shift()
    }
    this.#given = null
    if (!this.#wanted || this.#told || this.#gone) return
    if (this.#owesEnd) this.#tellEnd()
    if (this.#owesClosed && this.#wanted) this.#tellClosed()
    else this.#turn()
  }

  // ── ends ──────────────────────────────────────────────────────────────────────────────────────

  #onEnd(): void {
    this.tellRead()
    if (this.#wanted && this.#stash.length === 0) this.#tellEnd()
    else this.#owesEnd = true
  }

  #tellEnd(): void {
    this.#owesEnd = false
    if (!this.#gone) this.owner.ended()
  }

  #onClose(): void {
    this.tellRead()
    this.#shut = true
    this.#letGo()
    if (this.#intake !== null) giveReadBuffer(this.#intake.current)
    // Both sides ended, but what came last is not told yet, since the owner reads no further.
    if (!this.#gone && this.#error === null && (this.#stash.length > 0 || this.#owesEnd)) {
      this.#owesClosed = true
      return this.#turn()
    }
    this.#tellClosed()
  }

  #tellClosed(): void {
    if (this.#told) return
    this.#told = this.#gone = this.#shut = true
    this.#owesClosed = false
    this.#stash.length = 0
    const { owner } = this
    this.owner = nobody
    owner.closed(this.#error)
  }
}

const nobody: WireOwner = { received() {}, ended() {}, drained() {}, closed() {} }

function endpoint(address: string | undefined, port: number | undefined): Endpoint {
  return { address: address ?? '', port: port ?? 0 }
}
