import type { ExchangeRow } from '../store/exchange-row.js'
import type { FrameRow, LogRow } from '../../../shared/rows.js'
import type { Slices } from './slices.js'

/** One open list: what matches, kept up with the traffic. All indices are rows of the list, from 0, in its order. */
export interface View {
  /** Rows there are, whether they match or not. */
  readonly total: number
  readonly matched: number
  /** Heartbeats that match and are left out. */
  readonly hidden: number
  /** Rows looked at, of `total`. */
  readonly looked: number
  /** Grows with each change of what matches. */
  readonly revision: number
  /** Takes in what was committed since the last time. One call at a time. */
  advance(slices: Slices): Promise<void>
  rows(first: number, count: number): readonly (ExchangeRow | FrameRow | LogRow)[]
  indexOf(rowId: number): number | null
  /** Tells of a row whether it contains a text, for a search. */
  contains(text: string, slices: Slices): (index: number) => boolean | Promise<boolean>
  /** Tells of a row whether something went wrong with it. */
  wentBadly(): (index: number) => boolean
}
