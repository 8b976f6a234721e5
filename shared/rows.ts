/** Rows of a capture as screens and the command line get them. Times are µs since the epoch, 0 for what has not happened. */

/** `lost`: the program died while it was open. */
export type ExchangeState = 'open' | 'closed' | 'failed' | 'lost'

/** One exchange as its row has it. Times are µs since the epoch, 0 for what has not happened. */
export interface ExchangeRow {
  readonly id: number
  /** Which start of the engine in this file: generations count anew with each. */
  readonly run: number
  readonly connection: number
  /** Number on its connection. */
  readonly number: number
  readonly generation: number
  readonly scheme: string
  readonly method: string
  readonly host: string
  readonly target: string
  readonly client: string
  /** Status sent to the client; 0 as long as there is none. */
  readonly status: number
  readonly state: ExchangeState
  /** How it ended, in the engine's words; empty while it is open. */
  readonly ended: string
  readonly openedAtUs: number
  readonly endedAtUs: number
  readonly tunnelAtUs: number
  /** 1: the request is an opening handshake of WebSocket (RFC 6455 §4.1), whatever was answered. Of captures before version 3: it became a tunnel. */
  readonly handshake: number
  /** 1: it became a tunnel of WebSocket frames. */
  readonly websocket: number
  readonly subprotocol: string
  readonly extensions: string
  readonly framesClient: number
  readonly framesServer: number
  /** Bytes of the tunnel, or of the bodies where there is none. */
  readonly bytesClient: number
  readonly bytesServer: number
  /** Close codes, 0 where no Close frame was seen. */
  readonly closeClient: number
  readonly closeServer: number
  /**
   * Who ended the tunnel's connection: the side whose TCP stream ended first. That is not who began to close it: a server
   * that answers a client's Close frame closes TCP first, as it should (RFC 6455 §7.1.1). Who sent Close, and with which code,
   * say `closeClient` and `closeServer`; where both did, the one whose Close frame comes first in the list of frames began.
   */
  readonly endedBy: string
  /** A bit for each opcode seen. */
  readonly opcodes: number
  /** What never reached the capture, in gaps. A payload that was cut at the limit is no gap: its frame's `stored` is less than its `length`. */
  readonly missedFrames: number
  readonly missedBytes: number
  /** Address of the origin that was last connected to. */
  readonly address: string
  /** Cause of the last failure at an origin, empty where there was none. */
  readonly cause: string
  /** Place of the directive that routed it, `site.conf:14` split in two; empty and 0 where no line did. */
  readonly routeFile: string
  readonly routeLine: number
  /** The batch that wrote this row last. */
  readonly batch: number
}

export interface ViewState {
  readonly view: number
  /** Rows there are, and rows that match. While `matching`, `matched` still grows over what is already there. */
  readonly total: number
  readonly matched: number
  /** Heartbeats that match as well, and are left out because the view was asked to hide them. */
  readonly hidden: number
  /** Rows already looked at, of `total`, while a filter is matched for the first time. */
  readonly looked: number
  readonly matching: boolean
  /** Grows with every change of the view. */
  readonly revision: number
}

/**
 * What is wrong with a frame. Against the protocol are a reserved bit that no extension gave a meaning or a reserved opcode (RFC 6455
 * §5.2), a mask that is missing or should be (§5.1), a control frame in fragments or of more than 125 bytes (§5.5), and what is said
 * to be compressed and is not. `unfinished`: the rest never came. `closeCode`: a Close frame that says that something went wrong.
 */
export type FrameTrouble =
  'reservedBits' | 'reservedOpcode' | 'unmasked' | 'masked' | 'fragmentedControl' | 'longControl' | 'inflate' | 'unfinished' | 'closeCode'

export interface FrameRow {
  /** Place in the tunnel over both sides, from 0: stable, and what `view.indexOf` takes. */
  readonly id: number
  /** Number in its direction, from 0. */
  readonly number: number
  readonly from: 'client' | 'server'
  /** When its last byte was read, µs since the epoch. */
  readonly atUs: number
  readonly fin: boolean
  /** Three bits, RSV1 is 4. */
  readonly rsv: number
  readonly opcode: number
  readonly maskKey: number | null
  /** Bytes on the wire, and how many of them are kept: a beginning. Fewer means that the rest was beyond the limit. */
  readonly length: number
  readonly stored: number
  /** Bytes of inflated text kept, with the last frame of a compressed message. */
  readonly inflated: number
  readonly compressed: boolean
  readonly incomplete: boolean
  /** It only keeps the tunnel open: ping, pong, and what means as much to Engine.IO, graphql-ws and MQTT. */
  readonly heartbeat: boolean
  readonly trouble: FrameTrouble | null
  /** Why there is no inflated text, or not all of it. `cut`: its beginning is there, up to the limit; later messages are not touched by that. */
  readonly inflate: 'none' | 'done' | 'cut' | 'contextLost' | 'broken'
  /** The first bytes as text (inflated where there is that), U+FFFD for what is not UTF-8; of a binary frame in hex. */
  readonly preview: string
  /** What is missing between this frame and the one before it in the tunnel, of both directions. */
  readonly gapBefore: Gap | null
}
export interface Lost {
  readonly lostFrames: number
  readonly lostBytes: number
}
export interface Gap extends Lost {
  /** Of it; the rest is what the server sent. */
  readonly fromClient: Lost
}

export interface LogRow {
  readonly id: number
  readonly atUs: number
  readonly level: string
  readonly source: string
  readonly code: string
  readonly message: string
  readonly exchange: number
  readonly connection: number
}

export interface ViewWindow<Row = ExchangeRow | FrameRow | LogRow> extends ViewState {
  readonly first: number
  readonly rows: readonly Row[]
}

export interface HeadRecord {
  readonly from: 'client' | 'server'
  readonly stage: 'in' | 'out'
  readonly atUs: number
  /** The request line or status line. */
  readonly startLine: string
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly bytes: Uint8Array
}

export interface ExchangeDetail {
  readonly exchange: ExchangeRow
  readonly connection: { readonly listener: string; readonly client: string; readonly tls: unknown; readonly failure: string | null } | null
  readonly heads: readonly HeadRecord[]
  /** Notes as the engine wrote them (shared/records.ts), with their times. */
  readonly attempts: readonly { readonly atUs: number; readonly note: unknown }[]
  readonly decisions: readonly { readonly atUs: number; readonly note: unknown }[]
  readonly gaps: readonly {
    readonly from: 'client' | 'server'
    readonly atUs: number
    readonly lostFrames: number
    readonly lostBytes: number
  }[]
}

export interface BodyPiece {
  readonly offset: number
  /** Bytes there were: of the frame on the wire, of the inflated text, of the body. */
  readonly total: number
  /** How many of them the capture has; a piece never goes beyond. */
  readonly kept: number
  readonly bytes: Uint8Array
}

/** What passed in an exchange over its own life, in bins of equal time. */
export interface Activity {
  readonly exchange: number
  /** Where the picture begins and ends, µs since the epoch. */
  readonly fromUs: number
  readonly toUs: number
  /** Frames a bin, each way; bytes where there are no frames. */
  readonly client: readonly number[]
  readonly server: readonly number[]
}
