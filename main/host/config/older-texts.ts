import { resolve } from 'node:path'
import type { ConfigSource } from '../../../shared/site.js'
import { decodeText } from './text-coding.js'

/** As many as the engine keeps sites of. */
const maxGenerations = 16

/** The files of configs as they were read, by generation, and of the last that was refused: places in them can be found again in what became of them. */
export class OlderTexts {
  readonly #read = new Map<number, readonly ConfigSource[]>()
  #refused: readonly ConfigSource[] = []

  served(generation: number, read: readonly ConfigSource[]): void {
    const before = [...this.#read.values()].at(-1) ?? []
    // What did not change is kept once.
    const shared = read.map((each) => before.find(({ path, text }) => path === each.path && text === each.text) ?? each)
    this.#read.set(generation, shared)
    for (const old of [...this.#read.keys()].slice(0, -maxGenerations)) this.#read.delete(old)
  }
  refused(read: readonly ConfigSource[]): void {
    this.#refused = read
  }

  /** null: it is not kept, or none of that config. */
  text(file: string, of: number | 'refused'): string | null {
    return textIn(of === 'refused' ? this.#refused : (this.#read.get(of) ?? []), file)
  }
}

/** A file's text as screens are told it. @param read as the engine read it, a character a byte */
export function textIn(read: readonly ConfigSource[], file: string): string | null {
  const found = read.find(({ path }) => resolve(path) === resolve(file))
  return found === undefined ? null : decodeText(Buffer.from(found.text, 'latin1'))
}
