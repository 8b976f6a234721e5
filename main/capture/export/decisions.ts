import type { ConfigNote, DecisionNote } from '../../../shared/records.js'
import type { CaptureReader } from '../reader/capture-reader.js'

/** A directive of a decision, so that an export can be read without the config. */
export interface DecidedBy {
  readonly id: number
  readonly file: string
  readonly line: number
  /** As written. */
  readonly directive: string
}

/** What the ids of decisions mean, out of the configs that stand in a capture. */
export class DecisionWords {
  readonly #reader: CaptureReader
  /** Directives of the configs that were asked for: an exchange and the one after it mostly have the same. */
  readonly #directives = new Map<string, ConfigNote['directives']>()

  constructor(reader: CaptureReader) {
    this.#reader = reader
  }

  /** Beside the ids of a decision of this run: `routeBy`, `tookBy` and `missedBy`. Ids that the capture has no words for are left out. */
  of(run: number, decision: DecisionNote): { routeBy: DecidedBy | null; tookBy: DecidedBy[]; missedBy: DecidedBy[] } {
    const directives = this.#of(run, decision.generation)
    const words = (ids: readonly number[] = []): DecidedBy[] =>
      ids.flatMap((id) => {
        const found = directives[id]
        return found === undefined ? [] : [{ id, file: found.file, line: found.line, directive: found.text }]
      })
    return { routeBy: words([decision.route ?? -1])[0] ?? null, tookBy: words(decision.took), missedBy: words(decision.missed) }
  }

  #of(run: number, generation: number): ConfigNote['directives'] {
    const key = `${run} ${generation}`
    let directives = this.#directives.get(key)
    if (directives === undefined) {
      directives = (this.#reader.config(run, generation) as ConfigNote | null)?.directives ?? []
      this.#directives.set(key, directives)
    }
    return directives
  }
}
