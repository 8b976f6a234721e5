import { existsSync } from 'node:fs'
import { join, parse, resolve } from 'node:path'
import type { ConfigFile, ConfigText, Params } from '../../../shared/contract.js'
import { SwitchyardError } from '../../../shared/errors.js'
import type { ConfigSource } from '../../../shared/site.js'
import { hashOf, isWritable, readDisk, writeDisk } from './disk-file.js'
import type { DiskFile } from './disk-file.js'
import { Drafts } from './drafts.js'
import type { Draft } from './drafts.js'
import { FileWatch } from './file-watch.js'
import { cannotEncode, codingOf, decodeText, encodeText, newFile } from './text-coding.js'
import type { TextCoding } from './text-coding.js'

/** A text as it is served, and what the disk had then. */
interface Applied {
  readonly bytes: Buffer
  /** null: there was no file. */
  readonly diskHash: string | null
}

/** A file with all that is known of its texts. */
interface Facts {
  readonly path: string
  readonly disk: DiskFile | null
  readonly draft: Draft | null
  readonly applied: Applied | null
  readonly coding: TextCoding
}

/**
 * The texts of the open config's files, kept apart: on the disk, as drafts, and as they are served (ui/DECISIONS.md,
 * "Config"). Inside, a text is its bytes; screens are told Unicode with plain line ends.
 */
export class ConfigTexts {
  readonly #drafts: Drafts
  readonly #watch: FileWatch
  readonly #onChanged: (file: string) => void
  #roots: readonly string[] = []
  #files: readonly string[] = []
  #applied: ReadonlyMap<string, Applied> = new Map()

  /** @param onChanged a file changed on the disk, or its draft did. */
  constructor(dataDir: string, onChanged: (file: string) => void) {
    this.#drafts = new Drafts(dataDir)
    this.#onChanged = onChanged
    this.#watch = new FileWatch((file) => readDisk(file)?.hash ?? null, onChanged)
  }

  /** The config to edit: what it is opened with, and all that was read for it. */
  opened(roots: readonly string[], read: readonly ConfigSource[]): void {
    this.#roots = roots.map((root) => resolve(root))
    this.#files = [...new Set([...this.#roots, ...read.map(({ path }) => resolve(path))])]
    this.#watch.watch(this.#files)
  }

  /** These texts are served from now on. */
  applied(read: readonly ConfigSource[]): void {
    this.#applied = new Map(
      read.map(({ path, text }): [string, Applied] => {
        const file = resolve(path)
        const bytes = Buffer.from(text, 'latin1')
        const draft = this.#drafts.get(file)
        if (draft === null) return [file, { bytes, diskHash: hashOf(bytes) }]
        const disk = readDisk(file)
        if (isUnsaved(draft, disk)) this.#keepApplied(draft, decodeText(bytes))
        return [file, { bytes, diskHash: disk?.hash ?? null }]
      })
    )
  }
  #keepApplied(draft: Draft, applied: string): void {
    if (draft.applied === applied) return
    try {
      this.#drafts.put({ ...draft, applied })
    } catch {
      // It is served all the same, and opened again with what it says then.
    }
  }

  /** Drafts as they stand in for their files while the config is read. */
  overlays(): ConfigSource[] {
    return this.#files.flatMap((path) => {
      const { draft, disk } = this.#facts(path)
      return draft === null ? [] : [{ path, text: bytesOf(draft, disk).toString('latin1') }]
    })
  }

  /** Texts of these that no file has, as they were served last, like {@link overlays}: they can be opened again like files. */
  unsaved(roots: readonly string[]): ConfigSource[] {
    return roots.flatMap((path) => {
      const { draft, disk } = this.#facts(path)
      return isUnsaved(draft, disk)
        ? [{ path, text: bytesOf({ ...draft, text: draft.applied ?? draft.text }, null).toString('latin1') }]
        : []
    })
  }

  /**
   * A draft that no file has yet, as it stands in for one. Where a file or another text has this name, it gets the next: `site.conf`,
   * `site-2.conf`. @throws SwitchyardError like {@link edit}
   */
  begin(named: string, text: string): ConfigSource {
    const plain = text.replace(/\r\n/g, '\n')
    const path = nextName(named, (each) => existsSync(each) || (this.#drafts.get(each)?.text ?? plain) !== plain)
    this.#drafts.drop(path)
    this.#keep(this.#facts(path), plain)
    const { draft, disk } = this.#facts(path)
    const bytes = draft === null ? disk?.bytes : bytesOf(draft, disk)
    return { path, text: bytes?.toString('latin1') ?? '' }
  }
  forget(path: string): void {
    this.#drafts.drop(path)
  }

  list(): ConfigFile[] {
    return this.#files.map((path) => this.#file(this.#facts(path)))
  }

  /** @throws SwitchyardError `request-invalid` for a file that is none of the config's */
  text(file: string): ConfigText {
    return this.#text(this.#facts(this.#known(file)))
  }

  /** @throws SwitchyardError `request-invalid`, `settings-unwritable` */
  edit(file: string, text: string): ConfigFile {
    const facts = this.#facts(this.#known(file))
    this.#keep(facts, text.replace(/\r\n/g, '\n'))
    return this.#changed(facts.path)
  }

  /** @throws SwitchyardError `request-invalid`, `settings-unwritable` */
  revert(file: string, to: Params<'config.revert'>['to']): ConfigText {
    const facts = this.#facts(this.#known(file))
    if (to === 'disk') this.#drafts.drop(facts.path)
    else if (facts.applied !== null) this.#keep(facts, decodeText(facts.applied.bytes))
    else throw new SwitchyardError('request-invalid', `${facts.path} is not served, so there is no text of it to go back to.`)
    this.#changed(facts.path)
    return this.text(file)
  }

  /** @throws SwitchyardError `request-invalid`, `config-changed`, `file-unwritable` */
  save({ file, as, base }: Params<'config.save'>): ConfigFile {
    const facts = this.#facts(this.#known(file))
    const { path, disk, draft, applied } = facts
    const target = as === undefined ? path : resolve(as)
    const bytes = draft === null ? (disk?.bytes ?? applied?.bytes) : bytesOf(draft, disk)
    if (bytes === undefined)
      throw new SwitchyardError('request-invalid', `${path} is not there and has no draft: there is nothing to save.`)
    const there = target === path ? disk : readDisk(target)
    // Another name that nobody has yet can be taken by any text.
    if ((there?.hash ?? null) !== base && !(target !== path && there === null && !existsSync(target))) throw changedOnDisk(target, base)
    writeDisk(target, bytes)
    if (this.#files.includes(target)) {
      this.#drafts.drop(target)
      this.#watch.known(target)
    }
    return this.#changed(target)
  }

  close(): void {
    this.#watch.close()
  }

  #known(file: string): string {
    const path = resolve(file)
    if (this.#files.includes(path)) return path
    throw new SwitchyardError('request-invalid', `The config has no file ${path}.`, { hint: 'Open it as a config, or include it in one.' })
  }

  /** A draft that says what the disk says is none. */
  #keep({ path, disk, draft, coding }: Facts, text: string): void {
    if (disk !== null && text === decodeText(disk.bytes)) return this.#drafts.drop(path)
    const char = cannotEncode(text, coding)
    if (char !== null) {
      throw new SwitchyardError('request-invalid', `${path} is written in ${coding.encoding}, which has no ${JSON.stringify(char)}.`, {
        hint: 'Leave the character out, or change the encoding of the file in another editor.'
      })
    }
    const before = draft ?? { base: disk?.hash ?? null }
    this.#drafts.put({ ...before, path, text, coding })
  }

  #changed(path: string): ConfigFile {
    this.#onChanged(path)
    return this.#file(this.#facts(path))
  }

  #facts(path: string): Facts {
    const disk = readDisk(path)
    const draft = this.#drafts.get(path)
    const applied = this.#applied.get(path) ?? null
    const bytes = disk?.bytes ?? applied?.bytes
    return { path, disk, draft, applied, coding: draft?.coding ?? (bytes === undefined ? newFile : codingOf(bytes)) }
  }

  #file({ path, disk, draft, applied }: Facts): ConfigFile {
    const next = draft === null ? (disk?.bytes ?? null) : bytesOf(draft, disk)
    const known = draft === null ? applied?.diskHash : draft.base
    return {
      file: path,
      root: this.#roots.includes(path),
      edited: draft !== null && !(disk !== null && next?.equals(disk.bytes) === true),
      isNew: draft !== null && disk === null,
      unapplied: applied === null || next?.equals(applied.bytes) !== true,
      changedOnDisk: known !== undefined && known !== (disk?.hash ?? null),
      writable: isWritable(path)
    }
  }

  #text(facts: Facts): ConfigText {
    const { disk, draft, applied, coding } = facts
    const onDisk = disk === null ? null : decodeText(disk.bytes)
    const served = applied === null ? null : decodeText(applied.bytes)
    return {
      ...this.#file(facts),
      text: draft?.text ?? onDisk ?? served ?? '',
      onDisk,
      applied: served,
      base: disk?.hash ?? null,
      encoding: coding.encoding,
      lineEnds: coding.lineEnds
    }
  }
}

/** It was begun without a file, and there is none now. */
function isUnsaved(draft: Draft | null, disk: DiskFile | null): draft is Draft {
  return draft !== null && draft.base === null && disk === null
}

function nextName(path: string, isTaken: (path: string) => boolean): string {
  const { dir, name, ext } = parse(path)
  let [next, number] = [path, 1]
  while (isTaken(next)) next = join(dir, `${name}-${++number}${ext}`)
  return next
}

function bytesOf({ text, coding }: Draft, disk: DiskFile | null): Buffer {
  return encodeText(text, coding, disk?.bytes ?? null)
}

function changedOnDisk(path: string, base: string | null): SwitchyardError {
  const what = base === null ? 'is there already' : 'has another text on the disk than this draft was made from'
  return new SwitchyardError('config-changed', `${path} ${what}.`, {
    hint: 'Look at the text of the disk, then save over it, or save under another name.'
  })
}
