import type { Recorder } from '../../../shared/records.js'

/** Whom the two links of a tunnel tell what passes. */
export interface Tap {
  /** null: capture is off; frames are counted all the same. */
  readonly recorder: Recorder | null
  readonly exchange: number
  readonly connection: number
  /** False: what was upgraded to is not WebSocket; bytes are recorded, no frames are looked for. */
  readonly websocket: boolean
}
