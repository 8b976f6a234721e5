/**
 * Entries by name, for the question which of many names a text begins with. It asks once for each length that a name has,
 * and those are few: thousands of ProxyPass lines differ in their letters, not in their length.
 */
export class PrefixIndex<Entry> {
  readonly #entries = new Map<string, Entry>()
  /** Lengths of the names, the longest first. */
  readonly #lengths: number[] = []

  get(name: string): Entry | undefined {
    return this.#entries.get(name)
  }

  /** Takes the place of what has this name. */
  set(name: string, entry: Entry): void {
    this.#entries.set(name, entry)
    if (this.#lengths.includes(name.length)) return
    const shorter = this.#lengths.findIndex((length) => length < name.length)
    this.#lengths.splice(shorter < 0 ? this.#lengths.length : shorter, 0, name.length)
  }

  /** Those whose name `text` begins with, the longest first; none shorter than `atLeast`. */
  of(text: string, atLeast = 0): Entry[] {
    const found: Entry[] = []
    for (const length of this.#lengths) {
      if (length < atLeast) break
      const entry = length > text.length ? undefined : this.#entries.get(text.slice(0, length))
      if (entry !== undefined) found.push(entry)
    }
    return found
  }
}
