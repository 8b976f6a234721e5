import { fromClient } from '../../../shared/records.js'
import type { FrameRow, Gap } from '../../../shared/rows.js'
import { FrameMark } from '../store/run-index.js'
import type { FrameTroubles } from './frame-troubles.js'
import type { Heartbeats } from './heartbeats.js'
import type { RunLoader } from './run-loader.js'
import { type FramePlace, entryOf } from './tunnel-index.js'

/** A row shows this much of a payload: as text, or in hex. */
const previewBytes = 256
const previewHexBytes = 32
const opcodeBinary = 2

/** Who tells what of the frames of a tunnel. */
export interface Judges {
  readonly loader: RunLoader
  readonly heartbeats: Heartbeats
  readonly troubles: FrameTroubles
}

/** A frame as a list shows it. `gapBefore`: what is missing between it and the one before, whoever sent it. */
export function frameRow(place: FramePlace, { loader, heartbeats, troubles }: Judges, gapBefore: Gap | null): FrameRow {
  const { order, marks, stored, inflated, ...entry } = entryOf(place)
  return {
    id: order,
    number: entry.number,
    from: place.run.side === fromClient ? 'client' : 'server',
    atUs: entry.atUs,
    fin: entry.fin,
    rsv: entry.rsv,
    opcode: entry.opcode,
    maskKey: entry.maskKey,
    length: entry.length,
    stored,
    inflated,
    compressed: (marks & FrameMark.compressed) !== 0,
    incomplete: (marks & FrameMark.incomplete) !== 0,
    heartbeat: heartbeats.has(place.run, place.at),
    trouble: troubles.of(place.run, place.at),
    inflate: inflateState(marks, entry.fin),
    preview: stored + inflated === 0 ? '' : preview(place, loader, (marks & FrameMark.compressed) !== 0, entry.opcode === opcodeBinary),
    gapBefore
  }
}

function inflateState(marks: number, fin: boolean): FrameRow['inflate'] {
  if ((marks & FrameMark.contextLost) !== 0) return 'contextLost'
  if ((marks & FrameMark.inflateBroken) !== 0) return 'broken'
  if ((marks & FrameMark.inflateCut) !== 0) return 'cut'
  return (marks & FrameMark.compressed) !== 0 && fin ? 'done' : 'none'
}

/** Of a compressed frame there is nothing to read but what was inflated. */
function preview(place: FramePlace, loader: RunLoader, compressed: boolean, binary: boolean): string {
  const { payload, text } = loader.content(place.run, place.at, binary ? previewHexBytes : previewBytes)
  return (compressed ? text : payload).toString(binary ? 'hex' : 'utf8')
}
