import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { basename, isAbsolute, join, resolve } from 'node:path'
import { SwitchyardError } from '../../../shared/errors.js'
import { whySystemRefused } from '../../../shared/system-error.js'
import { type Lock, isLocked, lockFile } from './lock-file.js'
import { sessionExtension, sessionName, sessionSize, startOf } from './session-files.js'

/** A session as a list shows it. */
export interface Session {
  readonly name: string
  readonly file: string
  /** As its name says; when it was last written where that tells nothing. */
  readonly startedAtMs: number
  /** With everything that stands beside the database. */
  readonly bytes: number
  /** A running Switchyard writes it. */
  readonly locked: boolean
}
/** A session that this process writes. */
export interface HeldSession {
  readonly name: string
  readonly file: string
  readonly lock: Lock
}

/** The sessions in one folder, one file a start of the program. */
export class Sessions {
  readonly folder: string
  /** Makes nothing: who reads may not write there. */
  constructor(dataDir: string) {
    this.folder = join(dataDir, 'captures')
  }

  /**
   * A new session, locked, under a name that nobody has. Makes the folder, 0700, where it isn't; the file itself is made by the writer.
   * Throws `capture-unwritable`.
   */
  begin(nowMs: number): HeldSession {
    this.#makeFolder()
    for (let at = nowMs; ; at += 1000) {
      // Two starts within a second: the second is named a second later.
      const name = sessionName(at)
      const file = join(this.folder, name)
      if (existsSync(file) || isLocked(file)) continue
      const lock = lockFile(file)
      if (!existsSync(file)) return { name, file, lock }
      lock.release()
    }
  }

  /** All of them, the latest first. */
  list(): Session[] {
    return this.#entries()
      .filter((name) => name.endsWith(sessionExtension))
      .map((name) => this.#session(name))
      .sort((a, b) => b.startedAtMs - a.startedAtMs || (a.name < b.name ? 1 : -1))
  }

  /** The file meant by a path, a name (with or without its extension) or `last`. Throws `capture-unknown`. */
  find(said: string): string {
    const named = said === 'last' ? this.list()[0]?.file : this.#candidates(said).find((file) => existsSync(file))
    if (named !== undefined) return named
    throw new SwitchyardError(
      'capture-unknown',
      said === 'last' ? `There is no capture in ${this.folder} yet.` : `There is no capture ${said}.`,
      {
        hint: `Give a path, the name of a file in ${this.folder}, or last.`
      }
    )
  }

  /** The file of a session that {@link list} names: a name alone, nothing that leads elsewhere. Throws `capture-unknown`. */
  named(name: string): string {
    const file = join(this.folder, name)
    const plain = name.endsWith(sessionExtension) && !/[\\/\0]/.test(name) && basename(file) === name
    if (plain && statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file
    throw new SwitchyardError('capture-unknown', `There is no capture ${JSON.stringify(name)}.`, {
      hint: `Give the name of a file in ${this.folder}.`
    })
  }

  #makeFolder(): void {
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 })
    } catch (thrown) {
      throw new SwitchyardError('capture-unwritable', `The folder ${this.folder} cannot be made: ${whySystemRefused(thrown)}.`, {
        hint: 'Choose another data folder with --data, or switch capture off with --capture off.',
        cause: thrown
      })
    }
  }

  #entries(): string[] {
    try {
      return readdirSync(this.folder)
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw new SwitchyardError('file-unreadable', `The folder ${this.folder} cannot be read: ${whySystemRefused(thrown)}.`, {
        hint: 'Choose another data folder with --data.',
        cause: thrown
      })
    }
  }

  #candidates(said: string): string[] {
    const path = isAbsolute(said) ? said : resolve(said)
    const names = /[\\/]/.test(said) ? [] : [join(this.folder, said), join(this.folder, said + sessionExtension)]
    return [path, ...names]
  }

  #session(name: string): Session {
    const file = join(this.folder, name)
    const { bytes, changedAtMs } = sessionSize(file)
    return { name, file, startedAtMs: startOf(name) ?? changedAtMs, bytes, locked: isLocked(file) }
  }
}
