/**
 * What the engine tells the capture, in order, through a ring of shared memory: raw bytes and short notes, each behind
 * a header of 24 bytes. The engine's side never waits; the writer thread makes sense of them off the path.
 *
 * Header, little endian: 0 u32 payload length · 4 u8 kind · 5 u8 from · 6 u8 stage · 7 u8 flags · 8 u32 exchange ·
 * 12 u32 connection · 16 f64 time in µs since the epoch. Payloads are padded to 8 bytes.
 */
export const recordHeaderBytes = 24

export const RecordKind = {
  /** Fills the end of the ring; skipped. */
  pad: 0,
  /** JSON {@link ConnectionNote}. */
  connectionOpened: 1,
  /** JSON {@link ConnectionEnd}. */
  connectionClosed: 2,
  /** JSON {@link ExchangeNote}; its request head follows. */
  exchangeOpened: 3,
  /** A head as bytes. `from` client: request; server: response. `stage` in: as received; out: as sent on. One per attempt. */
  head: 4,
  /** Bytes of an HTTP body, unframed. */
  body: 5,
  /** JSON {@link DecisionNote}: after each change of the decision. */
  decision: 6,
  /** JSON {@link TunnelNote}: 101 was answered, bytes of frames follow. */
  tunnelOpened: 7,
  /** Bytes of a tunnel, as read. */
  bytes: 8,
  /** JSON {@link GapNote}: after records were lost, where frames stand now. */
  gap: 9,
  /** JSON {@link ExchangeEnd}. */
  exchangeEnded: 10,
  /** JSON LogEntry (steps.ts). */
  log: 11,
  /** JSON {@link ConfigNote}: the texts of a generation. */
  config: 12,
  /** JSON {@link AttemptNote}: a try at an origin ended or failed. */
  attempt: 13
} as const
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind]

export const fromClient = 0
export const fromServer = 1
export type From = typeof fromClient | typeof fromServer

export const stageIn = 0
export const stageOut = 1
export type Stage = typeof stageIn | typeof stageOut

/** Flag: the payload goes on in the next record of the same kind, exchange and side. */
export const flagContinues = 1

export interface ConnectionNote {
  readonly listener: string
  readonly client: string
  readonly tls: {
    readonly protocol: string
    readonly cipher: string
    readonly serverName: string | null
    readonly alpn: string | null
  } | null
}
export interface ConnectionEnd {
  /** Set where a TLS handshake failed or the socket broke. */
  readonly failure?: string
}
export interface ExchangeNote {
  readonly number: number
  readonly generation: number
  readonly scheme: 'http' | 'https'
}
export interface DecisionNote {
  readonly generation: number
  readonly took: readonly number[]
  readonly missed: readonly number[]
  /** Missing in captures of version 1. */
  readonly route?: number
}
export interface AttemptNote {
  readonly host: string
  readonly port: number
  readonly address: string
  readonly status: number
  readonly cause?: string
  readonly check?: string
  readonly message?: string
}
export interface TunnelNote {
  readonly subprotocol: string | null
  /** `Sec-WebSocket-Extensions` as the origin answered, for permessage-deflate parameters (RFC 7692 §7). */
  readonly extensions: string | null
  /** False where what was upgraded to is not WebSocket: bytes are kept, frames are not looked for. */
  readonly websocket: boolean
}
export interface GapNote {
  readonly from: From
  /** Bytes of the tunnel (or body) that are not in the capture. */
  readonly lostBytes: number
  readonly lostFrames: number
  /** What is left of the frame that the next recorded byte stands in; 0: the next byte begins a frame. */
  readonly frameLeft: number
  /** Header facts of that frame, where frameLeft > 0. */
  readonly frame: {
    readonly fin: boolean
    readonly rsv: number
    readonly opcode: number
    readonly maskKey: number | null
    readonly length: number
    readonly maskOffset: number
  } | null
  /** Frames of this direction seen before the next one that begins: its number. */
  readonly nextFrame: number
  /** Whether the next byte stands inside a fragmented message, and whether that message is compressed. */
  readonly inMessage: boolean
  readonly messageCompressed: boolean
}
export interface ExchangeEnd {
  readonly status: number
  readonly ended: string
  readonly requestBytes: number
  readonly responseBytes: number
  readonly tunnel: {
    readonly framesFromClient: number
    readonly framesFromServer: number
    readonly bytesFromClient: number
    readonly bytesFromServer: number
    readonly closeFromClient: number
    readonly closeFromServer: number
    readonly endedBy: string
  } | null
}
export interface ConfigNote {
  readonly generation: number
  readonly dialect: string
  readonly files: readonly { readonly path: string; readonly text: string }[]
  /** Directives by id, so that an old capture can still say them: text, file, line. */
  readonly directives: readonly { readonly text: string; readonly file: string; readonly line: number }[]
}

/** The engine's side of the capture. Every method returns at once; none throws. */
export interface Recorder {
  /** Bytes of a tunnel or body or head, copied. False: there was no room; the caller owes a gap note before the next. */
  bytes(
    kind: RecordKind,
    exchange: number,
    connection: number,
    from: From,
    stage: Stage,
    bytes: Uint8Array,
    start: number,
    end: number,
    atUs: number
  ): boolean
  /** A note, as JSON. False: there was no room; it is counted as missed. */
  note(kind: RecordKind, exchange: number, connection: number, from: From, note: object, atUs: number): boolean
}
