import type { ConfigNote, DecisionNote } from '../../../shared/records.js'

/** Where a directive stands; empty and 0 where no line does. */
export interface RoutePlace {
  readonly file: string
  readonly line: number
}
const nowhere: RoutePlace = { file: '', line: 0 }

/** Configs whose directives are kept: an exchange is decided at its beginning, by a config that was young then. */
const keptConfigs = 32

/** Places of directives by config, for the rows of exchanges. Of one run of the engine: its generations are told apart by number. */
export class RoutePlaces {
  readonly #directives = new Map<number, ConfigNote['directives']>()

  add({ generation, directives }: ConfigNote): void {
    this.#directives.set(generation, directives)
    if (this.#directives.size > keptConfigs) this.#directives.delete(this.#directives.keys().next().value as number)
  }
  of({ generation, route = -1 }: DecisionNote): RoutePlace {
    return this.#directives.get(generation)?.[route] ?? nowhere
  }
}
