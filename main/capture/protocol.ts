import type { PlainError } from '../../shared/errors.js'
import type { CaptureLimits } from './limits.js'
import type { MissedCounters } from './ring/ring.js'
import type { Activity, BodyPiece, ExchangeDetail, ViewState, ViewWindow } from '../../shared/rows.js'

/**
 * What the host and the two threads say to each other, over a ThreadLink (shared/thread-link.ts): plain data, requests
 * with one reply each, events that come by themselves.
 */

/** How the writer thread is started. `file` is a path; its folder must exist. */
export interface WriterData {
  readonly ring: SharedArrayBuffer
  readonly signals: SharedArrayBuffer
  readonly file: string
  /** Why the engine that wrote this file before ended, as a sentence; null: nobody knows, or it is a new file. */
  readonly after: string | null
  readonly limits: CaptureLimits
}
export interface WriterMethods {
  /** Commits what is in the ring now. */
  flush(params: Record<string, never>): WriterCounts
  /** Ends the file and goes on in another. Exchanges that are open go on there, from where they are. */
  changeFile(params: { readonly file: string }): Opened
  /** Stops or takes up writing; what comes meanwhile is told as gaps once writing goes on. */
  pause(params: { readonly paused: boolean }): WriterCounts
  counts(params: Record<string, never>): WriterCounts
  /** Of a payload or body that begins later, at most so many bytes are kept. */
  keepPayload(params: { readonly maxBytes: number }): null
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
  /** Where several readers take the numbers of their views from, so that no two views have the same; null: one's own. */
  readonly viewIds?: SharedArrayBuffer | null
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
  /** Frames that only keep a tunnel open are left out, and counted. */
  readonly hide?: 'heartbeats'
  readonly order?: Order
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
export type BodyForm = 'wire' | 'unmasked' | 'inflated'
/** At most this much of a payload is handed over at once. */
export const maxPieceBytes = 65_536

export interface ReaderMethods {
  /** Goes on with another file; all views are closed. */
  openFile(params: { readonly file: string }): null
  openView(params: ViewSpec): ViewState
  /** At most 1,000 rows. */
  window(params: { readonly view: number; readonly first: number; readonly count: number }): ViewWindow
  /** In the order of `rowIds`; null: not in the list. */
  indexOf(params: { readonly view: number; readonly rowIds: readonly number[] }): readonly (number | null)[]
  /**
   * Index of the next row that contains the text, or, without one, that something went wrong with: from `from` on in the direction
   * given. Long: cancel it.
   */
  find(params: {
    readonly view: number
    readonly text: string | null
    readonly from: number
    readonly towards: 'later' | 'earlier'
  }): number | null
  closeView(params: { readonly view: number }): null
  /** The last tick of a view was taken: the next may come. */
  ack(params: { readonly view: number }): null
  counts(params: Record<string, never>): CaptureCounts
  /** How many exchanges there are: asked often, where {@link CaptureCounts} take a look at every row. */
  exchangeTotal(params: Record<string, never>): number
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
  /** Pictures of the exchanges that there are. */
  activity(params: { readonly exchanges: readonly number[]; readonly bins: number }): readonly Activity[]
  /** Writes exchanges to a file as NDJSON: how many there were. Long: cancel it. */
  exportTo(params: { readonly exchanges: readonly number[]; readonly file: string }): number
  /** The texts of a config, as {@link ConfigNote}; null where the capture has none. */
  config(params: { readonly run: number; readonly generation: number }): unknown
  /** Closes the file; the thread ends after the reply. */
  close(params: Record<string, never>): null
}
export type ReaderEvent = { readonly event: 'tick' } & ViewState
