import { realpathSync, watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { basename, dirname } from 'node:path'

/** An editor writes a file in several steps. */
const settleMs = 150
const maxFolders = 256

/** Tells of files whose content changed. Folders are watched, since most editors put another file in the old one's place. */
export class FileWatch {
  readonly #print: (file: string) => string | null
  readonly #onChanged: (file: string) => void
  readonly #watchers = new Map<string, FSWatcher>()
  /** What each file held when it was looked at last. */
  readonly #prints = new Map<string, string | null>()
  /** Files by where they stand: folder, then name. */
  #places = new Map<string, Map<string, string[]>>()
  readonly #touched = new Set<string>()
  #timer: NodeJS.Timeout | null = null

  /** @param print tells one content of a file from another; null: it is not there. */
  constructor(print: (file: string) => string | null, onChanged: (file: string) => void) {
    this.#print = print
    this.#onChanged = onChanged
  }

  /** These files from now on, and no others. */
  watch(files: readonly string[]): void {
    this.#places = placesOf(files)
    for (const file of this.#prints.keys()) if (!files.includes(file)) this.#prints.delete(file)
    for (const file of files) if (!this.#prints.has(file)) this.#prints.set(file, this.#print(file))
    const folders = [...this.#places.keys()].slice(0, maxFolders)
    for (const [folder, watcher] of this.#watchers) if (!folders.includes(folder)) this.#drop(folder, watcher)
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#add(folder)
  }

  /** What it holds now is known: a write of our own is no news. */
  known(file: string): void {
    if (this.#prints.has(file)) this.#prints.set(file, this.#print(file))
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    for (const [folder, watcher] of this.#watchers) this.#drop(folder, watcher)
    this.#prints.clear()
    this.#places.clear()
  }

  /** A folder that cannot be watched is seen when its files are asked for. */
  #add(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => this.#heard(folder, name))
      watcher.on('error', () => this.#drop(folder, watcher))
      this.#watchers.set(folder, watcher)
    } catch {
      return
    }
  }
  #drop(folder: string, watcher: FSWatcher): void {
    watcher.close()
    if (this.#watchers.get(folder) === watcher) this.#watchers.delete(folder)
  }

  #heard(folder: string, name: string | null): void {
    const here = this.#places.get(folder)
    const files = name === null ? [...(here?.values() ?? [])].flat() : (here?.get(name) ?? [])
    if (files.length === 0) return
    for (const file of files) this.#touched.add(file)
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#settled(), settleMs)
    this.#timer.unref()
  }

  #settled(): void {
    const touched = [...this.#touched]
    this.#touched.clear()
    for (const file of touched) {
      if (!this.#prints.has(file)) continue
      const print = this.#print(file)
      if (print === this.#prints.get(file)) continue
      this.#prints.set(file, print)
      this.#onChanged(file)
    }
  }
}

/** Where a path stands, and where it leads to if it is a link. */
function placesOf(files: readonly string[]): Map<string, Map<string, string[]>> {
  const places = new Map<string, Map<string, string[]>>()
  for (const file of files) {
    for (const path of new Set([file, leadsTo(file)])) {
      const folder = places.get(dirname(path)) ?? new Map<string, string[]>()
      folder.set(basename(path), [...(folder.get(basename(path)) ?? []), file])
      places.set(dirname(path), folder)
    }
  }
  return places
}

function leadsTo(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}
