import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { writeAtomically } from '../../capture/sessions/write-atomically.js'
import type { ServeSpec } from '../serve-spec.js'

const maxConfigs = 100
const number = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535))
const entrySchema = v.object({
  files: v.array(v.string()),
  ports: v.array(v.tuple([number, number])),
  maps: v.array(v.string()),
  expose: v.boolean()
})
type Entry = v.InferOutput<typeof entrySchema>
export type KeptOptions = Pick<ServeSpec, 'ports' | 'maps' | 'expose'>

/** How each config was last served here: mapped ports and backends are this machine's matter, and are not asked for twice. */
export class OptionsFile {
  readonly #dataDir: string
  readonly #file: string
  constructor(dataDir: string) {
    this.#dataDir = dataDir
    this.#file = join(dataDir, 'config-options.json')
  }

  of(files: readonly string[]): KeptOptions | null {
    const entry = this.#read().find((each) => isSame(each.files, files))
    return entry === undefined ? null : { ports: entry.ports, maps: entry.maps, expose: entry.expose }
  }

  /** The newest first. What cannot be written is asked for again another time. */
  keep(files: readonly string[], { ports, maps, expose }: KeptOptions): void {
    const entry = { files: [...files], ports: ports.map(([production, here]) => [production, here]), maps: [...maps], expose }
    const others = this.#read().filter((each) => !isSame(each.files, files))
    try {
      mkdirSync(this.#dataDir, { recursive: true, mode: 0o700 })
      writeAtomically(this.#file, JSON.stringify([entry, ...others].slice(0, maxConfigs), null, 2))
    } catch {
      return
    }
  }

  #read(): Entry[] {
    try {
      const found: unknown = JSON.parse(readFileSync(this.#file, 'utf8'))
      return Array.isArray(found) ? found.filter((each): each is Entry => v.is(entrySchema, each)) : []
    } catch {
      return []
    }
  }
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((file, at) => file === other[at])
}
