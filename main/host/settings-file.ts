import { mkdirSync, readFileSync, statSync, watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { basename, join } from 'node:path'
import { lockFile } from '../capture/sessions/lock-file.js'
import type { Lock } from '../capture/sessions/lock-file.js'
import { writeAtomically } from '../capture/sessions/write-atomically.js'
import { SwitchyardError } from '../../shared/errors.js'
import { readSettings } from '../../shared/settings.js'
import type { Settings } from '../../shared/settings.js'

const maxFileBytes = 1024 * 1024
const maxRecent = 20
/** Another process holds the lock while it writes one small file. */
const lockWithinMs = 2000
const settleMs = 50

/** What a user chose, in the data folder: the same for every Switchyard that shares it. Whoever writes holds the lock. */
export class SettingsFile {
  readonly #dataDir: string
  readonly #file: string
  readonly #onChanged: (settings: Settings) => void
  #watcher: FSWatcher | null = null
  #timer: NodeJS.Timeout | null = null
  #told: string
  #turn: Promise<unknown> = Promise.resolve()

  /** @param onChanged they changed, here or in another process. */
  constructor(dataDir: string, onChanged: (settings: Settings) => void) {
    this.#dataDir = dataDir
    this.#file = fileIn(dataDir)
    this.#onChanged = onChanged
    this.#told = JSON.stringify(this.read())
    this.#watch()
  }

  read(): Settings {
    return readSettings(foundIn(this.#file))
  }

  /** What is not named stays as it is, whoever set it. @throws SwitchyardError `settings-unwritable` */
  set(values: { readonly [Name in keyof Settings]?: Settings[Name] | undefined }): Promise<Settings> {
    return this.#change(() => values)
  }

  /** A config was opened: it is the first of the recent ones. @throws SwitchyardError `settings-unwritable` */
  async opened(files: readonly string[]): Promise<void> {
    const key = JSON.stringify(files)
    await this.#change(({ recentConfigs }) => ({
      recentConfigs: [[...files], ...recentConfigs.filter((each) => JSON.stringify(each) !== key)].slice(0, maxRecent)
    }))
  }

  close(): void {
    this.#watcher?.close()
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #change(make: (before: Settings) => Partial<Record<keyof Settings, unknown>>): Promise<Settings> {
    const turn = this.#turn.then(() => this.#write(make))
    this.#turn = turn.catch(() => {})
    return turn
  }

  async #write(make: (before: Settings) => Partial<Record<keyof Settings, unknown>>): Promise<Settings> {
    let lock: Lock | null = null
    try {
      mkdirSync(this.#dataDir, { recursive: true, mode: 0o700 })
      lock = await this.#lock()
      const found = foundIn(this.#file)
      const values = Object.fromEntries(Object.entries(make(readSettings(found))).filter(([, value]) => value !== undefined))
      // What a later version keeps here stays.
      writeAtomically(this.#file, `${JSON.stringify({ ...found, ...readSettings({ ...found, ...values }) }, null, 2)}\n`)
    } catch (thrown) {
      throw unwritable(this.#file, thrown)
    } finally {
      lock?.release()
    }
    return this.#tell()
  }

  async #lock(): Promise<Lock> {
    for (const until = Date.now() + lockWithinMs; ;) {
      try {
        return lockFile(this.#file)
      } catch (thrown) {
        if (!(thrown instanceof SwitchyardError) || Date.now() > until) throw thrown
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    }
  }

  /** Another process may write at any time. Where its folder cannot be watched, a screen sees it when it asks. */
  #watch(): void {
    try {
      mkdirSync(this.#dataDir, { recursive: true, mode: 0o700 })
      this.#watcher = watch(this.#dataDir, { persistent: false }, (_, name) => {
        if (name === null || name === basename(this.#file)) this.#settle()
      })
      this.#watcher.on('error', () => this.#watcher?.close())
    } catch {
      this.#watcher = null
    }
  }

  #settle(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#tell(), settleMs)
    this.#timer.unref()
  }

  /** Once for each change. */
  #tell(): Settings {
    const settings = this.read()
    const text = JSON.stringify(settings)
    if (text !== this.#told) {
      this.#told = text
      this.#onChanged(settings)
    }
    return settings
  }
}

/** Settings as they are just now. */
export function settingsIn(dataDir: string): Settings {
  return readSettings(foundIn(fileIn(dataDir)))
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'settings.json')
}

function foundIn(file: string): Record<string, unknown> {
  try {
    if (statSync(file).size > maxFileBytes) return {}
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function unwritable(file: string, thrown: unknown): SwitchyardError {
  const held = thrown instanceof SwitchyardError && thrown.code === 'capture-locked'
  const why = held ? 'another Switchyard is writing them' : thrown instanceof Error ? thrown.message : String(thrown)
  return new SwitchyardError('settings-unwritable', `The settings in ${file} cannot be written: ${why}.`, {
    hint: held ? 'Try again.' : 'Choose another data folder with --data, or make this one writable.',
    cause: thrown
  })
}
