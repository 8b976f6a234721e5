import type { FileEntry, Replies } from '../../../shared/contract.js'
import { asSwitchyardError } from '../../../shared/errors.js'
import type { PlainError } from '../../../shared/errors.js'
import { isQuiet } from '../../state/connection.svelte.js'
import type { Connection } from '../../state/connection.svelte.js'
import { configsAmong, joinPath, matching, splitPath } from './path-field.js'

/** A folder of the engine's machine, and a path that is typed: the list shows what of the folder the path may go on with. */
export class FolderBrowser {
  /** Files that are not called like a config are left out where there is one that is. */
  configsOnly = $state(false)
  #typed = $state('')
  #listed = $state.raw<Replies['files.list'] | null>(null)
  #error = $state.raw<PlainError | null>(null)
  #at = $state(0)
  readonly #connection: Connection
  #asking: AbortController | null = null
  #listing: Promise<unknown> = Promise.resolve()
  /** As it was asked for: the answer says it in full. */
  #asked: string | null = null
  #listedAs = $state<string | null>(null)

  constructor(connection: Connection) {
    this.#connection = connection
  }

  get typed(): string {
    return this.#typed
  }
  /** null: not listed yet. */
  get folder(): string | null {
    return this.#listed?.folder ?? null
  }
  get parent(): string | null {
    return this.#listed?.parent ?? null
  }
  get error(): PlainError | null {
    return this.#error
  }
  readonly #matching = $derived.by(() => matching(this.#listed?.entries ?? [], this.name))
  readonly entries: readonly FileEntry[] = $derived.by(() => (this.configsOnly ? configsAmong(this.#matching, this.name) : this.#matching))
  /** Entries that the path may go on with and that are not listed. */
  get hidden(): number {
    return this.#matching.length - this.entries.length
  }
  /** The last part of what is typed. */
  get name(): string {
    return splitPath(this.#typed, this.#connection.home).name
  }
  /** The entry that Enter means. */
  get current(): FileEntry | null {
    return this.entries[this.#at] ?? null
  }
  get at(): number {
    return this.#at
  }
  set at(index: number) {
    this.#at = Math.max(0, Math.min(index, this.entries.length - 1))
  }

  /** Shows a folder; null: the home folder. */
  async enter(folder: string | null, name = ''): Promise<void> {
    const typed = this.#typed
    // What was typed meanwhile is newer.
    if (!(await this.#list(folder)) || this.#typed !== typed) return
    this.#typed = joinPath(this.#listed?.folder ?? '', name)
    this.#at = 0
  }
  async type(typed: string): Promise<void> {
    this.#typed = typed
    this.#at = 0
    const { folder } = splitPath(typed, this.#connection.home)
    if (this.folder !== null && this.fits) this.#stay(this.folder)
    else if (folder !== '' && folder !== this.#asked) await this.#list(folder)
  }
  /** Back where it is listed: what was asked of another folder is no matter any more. */
  #stay(folder: string): void {
    this.#asking?.abort()
    this.#asked = folder
    this.#error = null
  }
  /** The list is of the folder that is typed. */
  get fits(): boolean {
    const { folder } = splitPath(this.#typed, this.#connection.home)
    return this.folder !== null && (folder === '' || folder === this.folder || folder === this.#listedAs)
  }
  /** Fills in what the list says. */
  async complete(): Promise<void> {
    const entry = this.current
    if (entry === null || this.folder === null) return
    if (entry.kind === 'directory') await this.enter(this.pathOf(entry))
    else this.#typed = this.pathOf(entry)
  }
  pathOf({ name }: FileEntry): string {
    return joinPath(this.folder ?? '', name)
  }
  /** The path that is typed, with the home folder written out. */
  get path(): string {
    const { folder, name } = splitPath(this.#typed, this.#connection.home)
    return folder === '' ? joinPath(this.folder ?? '', name) : joinPath(folder, name)
  }

  /** Resolves when it is known what stands in the folder of what is typed, or that there is none: {@link error}. */
  async known(): Promise<void> {
    let known: Promise<unknown> | null = null
    while (known !== this.#listing) await (known = this.#listing)
  }

  #list(folder: string | null): Promise<boolean> {
    const listing = this.#ask(folder)
    this.#listing = listing
    return listing
  }
  async #ask(folder: string | null): Promise<boolean> {
    this.#asking?.abort()
    const asking = new AbortController()
    this.#asking = asking
    this.#asked = folder
    try {
      this.#listed = await this.#connection.request('files.list', { folder }, asking.signal)
      this.#listedAs = folder
      this.#error = null
      return true
    } catch (thrown) {
      // A line that was lost: it is asked for again.
      if (isQuiet(thrown) && this.#asking === asking) this.#asked = null
      if (!isQuiet(thrown)) this.#error = asSwitchyardError(thrown).toPlain()
      return false
    }
  }
}
