import type { PlainError } from '../../shared/errors.js'
import type { CaptureLimits } from './limits.js'
import type { MissedCounters } from './ring/ring.js'
import type { ExchangeRow } from './store/exchange-row.js'

/**
 * What the host and the two threads say to each other, over a ThreadLink (shared/thread-link.ts): plain data, requests
 * with one reply each, events that come by themselves.
 */

/** How the writer thread is started. `file` is a path; its folder must exist. */
export interface WriterData {
  readonly ring: SharedArrayBuffer
  readonly signals: SharedArrayBuffer
  readonly file: string
  readonly limits: CaptureLimits
}
export interface WriterMethods {
  /** Commits what is in the ring now. */
  flush(params: Record<string, never>): WriterCounts
  /** Ends the file and goes on in another. Exchanges that are open go on there, from where they are. */
  changeFile(params: { readonly file: string }): Opened
  /** Stops or takes up writing; what comes meanwhile is counted as missed. */
  pause(params: { readonly paused: boolean }): WriterCounts
  counts(params: Record<string, never>): WriterCounts
  /** Drains, commits, closes the file; the thread ends after the reply. */
  close(params: Record<string, never>): WriterCounts
}
export interface Opened {
  readonly file: string
  /** Which start of the engine this is within the file. */
  readonly run: number
  /** The engine numbers its exchanges and connections from here. */
  readonly nextExchange: number
  readonly nextConnection: number
  /** Exchanges that an earlier start left open. */
  readonly lost: number
}
export interface WriterCounts {
  readonly file: string
  readonly openExchanges: number
  readonly missed: MissedCounters
  readonly paused: boolean
}
export type WriterEvent =
  | ({ readonly event: 'opened' } & Opened)
  /** Writing failed (most often: the disk is full). Traffic goes on, nothing is stored; it is tried again by itself. */
  | { readonly event: 'failed'; readonly error: PlainError }
  | { readonly event: 'recovered' }

/** How the reader thread is started. `signals` null: nobody writes the file (a capture opened to look at). */
export interface ReaderData {
  readonly file: string
  readonly signals: SharedArrayBuffer | null
}

export type ViewKind = 'exchanges' | 'frames' | 'logs'
export interface Order {
  /** A property of {@link ExchangeRow}; frames and logs sort by time alone. */
  readonly by: string
  readonly descending: boolean
}
export interface ViewSpec {
  readonly kind: ViewKind
  /** The exchange whose frames are meant; needed for frames, may narrow logs. */
  readonly of?: number
  /** The language of filter.ts; empty: everything. */
  readonly filter: string
  readonly order?: Order
}
export interface ViewState {
  readonly view: number
  /** Rows there are, and rows that match. While `matching`, `matched` still grows over what is already there. */
  readonly total: number
  readonly matched: number
  /** Rows already looked at, of `total`, while a filter is matched for the first time. */
  readonly looked: number
  readonly matching: boolean
  /** Grows with every change of the view. */
  readonly revision: number
}
export interface FrameRow {
  /** Place in the tunnel over both sides, from 0: stable, and what {@link ReaderMethods.indexOf} takes. */
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
  /** Bytes on the wire, and how many of them are kept. */
  readonly length: number
  readonly stored: number
  /** Bytes of inflated text kept, with the last frame of a compressed message. */
  readonly inflated: number
  readonly compressed: boolean
  readonly incomplete: boolean
  /** Why there is no inflated text, or not all of it. */
  readonly inflate: 'none' | 'done' | 'cut' | 'contextLost' | 'broken'
  /** The first bytes as text (inflated where there is that), U+FFFD for what is not UTF-8; empty for binary frames. */
  readonly preview: string
  /** What is missing between this frame and the one before it in its direction. */
  readonly gapBefore: { readonly lostFrames: number; readonly lostBytes: number } | null
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
export interface CaptureCounts {
  readonly exchanges: number
  /** Tunnels that are open. */
  readonly tunnels: number
  readonly frames: number
  readonly logs: number
  readonly missedFrames: number
  readonly missedBytes: number
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
export type BodyForm = 'wire' | 'unmasked' | 'inflated'
export interface BodyPiece {
  readonly offset: number
  /** Bytes there were: of the frame on the wire, of the inflated text, of the body. */
  readonly total: number
  /** How many of them the capture has; a piece never goes beyond. */
  readonly kept: number
  readonly bytes: Uint8Array
}
/** At most this much of a payload is handed over at once. */
export const maxPieceBytes = 65_536

export interface ReaderMethods {
  /** Goes on with another file; all views are closed. */
  openFile(params: { readonly file: string }): null
  openView(params: ViewSpec): ViewState
  /** At most 1,000 rows. */
  window(params: { readonly view: number; readonly first: number; readonly count: number }): ViewWindow
  indexOf(params: { readonly view: number; readonly rowId: number }): number | null
  /** Index of the next row that contains the text, from `from` on in the direction given. Long: cancel it. */
  find(params: {
    readonly view: number
    readonly text: string
    readonly from: number
    readonly towards: 'later' | 'earlier'
  }): number | null
  closeView(params: { readonly view: number }): null
  /** The last tick of a view was taken: the next may come. */
  ack(params: { readonly view: number }): null
  counts(params: Record<string, never>): CaptureCounts
  exchange(params: { readonly exchange: number }): ExchangeDetail
  frameBody(params: {
    readonly exchange: number
    readonly from: 'client' | 'server'
    readonly number: number
    readonly offset: number
    readonly length: number
    readonly form: BodyForm
  }): BodyPiece
  httpBody(params: {
    readonly exchange: number
    readonly from: 'client' | 'server'
    readonly offset: number
    readonly length: number
  }): BodyPiece
  /** The texts of a config, as {@link ConfigNote}; null where the capture has none. */
  config(params: { readonly run: number; readonly generation: number }): unknown
}
export type ReaderEvent = { readonly event: 'tick' } & ViewState
