import type { FrameRow } from '../../../../shared/rows.js'
import { count, counts, size } from '../../../state/sizes.js'

/** What is to be read of a frame: inflated text where there is some, else the unmasked payload. */
export function readableForm({ compressed, inflated, inflate }: FrameRow): 'inflated' | 'unmasked' {
  return compressed && (inflated > 0 || inflate === 'done') ? 'inflated' : 'unmasked'
}

/** Part of a message that has other frames. */
export function isFragment({ fin, opcode }: FrameRow): boolean {
  return !fin || opcode === 0
}

/** What is not all there about a frame, each in a sentence. */
export function frameNotes(frame: FrameRow): string[] {
  return [keptNote(frame), inflateNote(frame), fragmentNote(frame)].filter((note) => note !== null)
}

function keptNote({ stored, length, incomplete }: FrameRow): string | null {
  if (incomplete) return `The frame was not sent to its end: ${count(stored)} of ${counts(length, 'byte')} came.`
  return stored < length ? `First ${size(stored)} of ${size(length)} kept.` : null
}

function inflateNote({ compressed, inflate, inflated, fin }: FrameRow): string | null {
  if (!compressed) return null
  switch (inflate) {
    case 'cut':
      return `Inflated up to the limit: the first ${size(inflated)} are here.`
    case 'contextLost':
      return 'Could not be inflated: an earlier part of the compression context was not captured.'
    case 'broken':
      return 'Could not be inflated: it is not valid DEFLATE.'
    case 'none':
      return fin ? 'Not inflated; these are the compressed bytes.' : 'Compressed; the inflated message stands with its last frame.'
    case 'done':
      return null
  }
}

function fragmentNote(frame: FrameRow): string | null {
  if (!isFragment(frame)) return null
  if (frame.compressed && frame.fin) return 'The last fragment, with the whole message inflated.'
  if (frame.compressed) return null
  return frame.fin
    ? 'The last fragment of a message; the ones before it stand in frames of their own.'
    : 'A fragment: the message goes on in the next frame.'
}
