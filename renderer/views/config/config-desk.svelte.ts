import { untrack } from 'svelte'
import { maxDraftChars } from '../../../shared/requests.js'
import type { ConfigFile, ConfigOptions, ConfigText, OutlineHost, Params, Replies, TextOf } from '../../../shared/contract.js'
import { SwitchyardError, asSwitchyardError } from '../../../shared/errors.js'
import type { PlainError } from '../../../shared/errors.js'
import type { Finding } from '../../../shared/trace.js'
import { isQuiet } from '../../state/connection.svelte.js'
import type { Connection } from '../../state/connection.svelte.js'
import { ConfigCheck } from './config-check.svelte.js'
import type { CheckedTexts } from './config-check.svelte.js'
import { blocking } from './findings.js'
import { Keystrokes } from './keystrokes.js'
import type { Typed } from './keystrokes.js'

/** What a save met: the file is another one on the disk now, or it may not be written. */
export interface SaveTrouble {
  readonly kind: 'changed' | 'unwritable'
  readonly file: string
  readonly error: PlainError
}

/**
 * The open config as it is edited: its files, the text of the one that is shown, what a check says of the drafts. Drafts are
 * kept by the host 150 ms after the last keystroke and checked then; until a check is done, the last one holds.
 */
export class ConfigDesk {
  #files = $state.raw<readonly ConfigFile[]>([])
  #options = $state.raw<ConfigOptions | null>(null)
  #served = $state(false)
  #known = $state(false)
  #file = $state('')
  #text = $state.raw<ConfigText | null>(null)
  #given = $state.raw<{ readonly file: string; readonly text: string }>({ file: '', text: '' })
  #outline = $state.raw<readonly OutlineHost[]>([])
  #error = $state.raw<PlainError | null>(null)
  #busy = $state<'apply' | 'save' | null>(null)
  #trouble = $state.raw<SaveTrouble | null>(null)
  readonly #connection: Connection
  readonly #begin: string
  readonly #check: ConfigCheck
  readonly #keystrokes: Keystrokes
  /** What the editor has, as far as it is known here. */
  #inEditor = ''
  /** The newest text of each file that was shown. */
  readonly #texts = new Map<string, string>()
  /** Of the options: one after the other, each made of what the one before left. */
  #changes: Promise<unknown> = Promise.resolve()
  /** The disk's text that each draft was begun with, as far as this page saw it begin. */
  readonly #bases = new Map<string, string | null>()

  /** @param begin the file to begin with, if it is one of the config's */
  constructor(connection: Connection, begin = '') {
    this.#connection = connection
    this.#begin = begin
    this.#check = new ConfigCheck(
      connection,
      () => new Map(this.#texts),
      (error) => (this.#error = error)
    )
    this.#keystrokes = new Keystrokes(
      (typed) => this.#send(typed),
      () => this.#check.again()
    )
  }

  get files(): readonly ConfigFile[] {
    return this.#files
  }
  /** Which config it is: the files that it was opened with, as one text. */
  get roots(): string {
    return rootsOf(this.#files)
  }
  /** Whether the host was asked yet. */
  get known(): boolean {
    return this.#known
  }
  get file(): string {
    return this.#file
  }
  /** The shown file with all that is known of it; null while it is loaded. */
  get text(): ConfigText | null {
    return this.#text
  }
  /** What the editor has to show: it changes when the text came from elsewhere, not as it is typed. */
  get given(): { readonly file: string; readonly text: string } {
    return this.#given
  }
  get tooLarge(): boolean {
    return (this.#text?.text.length ?? 0) > maxDraftChars
  }
  get findings(): readonly Finding[] {
    return this.#check.findings
  }
  /** What the lines of the findings, and of the sketch, are lines of. */
  get checked(): CheckedTexts {
    return this.#check.texts
  }
  /** The newest text of a file, as it is typed; null: it was not shown yet. */
  textNow(file: string): string | null {
    return this.#texts.get(file) ?? null
  }
  get checking(): boolean {
    return this.#check.running
  }
  get checkedInMs(): number | null {
    return this.#check.tookMs
  }
  /** Hosts and routes of what is served, this config or another. */
  get outline(): readonly OutlineHost[] {
    return this.#outline
  }
  /** What the drafts would do. */
  get sketch(): Replies['config.check']['sketch'] {
    return this.#check.sketch
  }
  /** How the open config is served here, or will be. */
  get options(): ConfigOptions | null {
    return this.#options
  }
  /** It is what is served, or was last; one that was refused is not, and another may be. */
  get served(): boolean {
    return this.#served
  }
  /** Why a draft is not kept, or a file not read. */
  get error(): PlainError | null {
    return this.#error
  }
  get busy(): 'apply' | 'save' | null {
    return this.#busy
  }
  get trouble(): SaveTrouble | null {
    return this.#trouble
  }

  /** Listens until the answer is called. */
  start(): () => void {
    const removers = [
      this.#connection.onReady(() => void this.refresh()),
      this.#connection.on('config.changed', ({ file }) => void this.#changed(file))
    ]
    const leave = (): void => void this.flush()
    addEventListener('pagehide', leave)
    return () => {
      removeEventListener('pagehide', leave)
      for (const remove of removers) remove()
      void this.flush()
    }
  }

  /** Findings that the host told by itself. */
  told(findings: readonly Finding[], of: TextOf): void {
    this.#check.told(findings, of, (file) => this.#files.some((each) => each.file === file))
  }

  /** All of it anew: another config was opened, or served. */
  refresh(): Promise<void> {
    return untrack(() =>
      this.#try(async () => {
        await this.flush()
        const files = await this.#askFiles()
        this.#known = true
        const named = [this.#file, this.#begin].map((name) => files.find(({ file }) => file === name))
        const shown = named[0] ?? named[1] ?? files.find(({ root }) => root) ?? files[0]
        if (shown === undefined) this.#nothing()
        await Promise.all([this.#outlineAgain(), ...(shown === undefined ? [] : [this.show(shown.file), this.#check.again()])])
      })
    )
  }

  async show(file: string): Promise<void> {
    await this.#try(async () => {
      // Else the host may answer with the text that it had before.
      await this.flush()
      this.#file = file
      const typed = this.#keystrokes.count
      const text = await this.#connection.request('config.text', { file })
      if (this.#file === file && typed === this.#keystrokes.count) this.#took(text)
    })
  }

  /** The editor's text, at every keystroke. */
  edit(file: string, text: string): void {
    this.#inEditor = text
    this.#texts.set(file, text)
    this.#keystrokes.take({ file, text })
  }
  /** Gives the host what it does not know yet. */
  flush(): Promise<void> {
    return this.#keystrokes.flush()
  }

  /**
   * Serves the config with other options, or with the next {@link apply} where it is not served.
   *
   * @param change of the options as they are when its turn has come
   * @throws SwitchyardError why they are as they were
   */
  change(change: (options: ConfigOptions) => Params<'config.options'>): Promise<void> {
    const turn = this.#changes.then(async () => {
      const { options } = await this.#connection.request('config.files', {})
      if (options === null) return
      await this.#connection.request('config.options', change(options))
      await this.refresh()
    })
    this.#changes = turn.catch(() => {})
    return turn
  }

  /**
   * Serves the drafts, where nothing stands in the way.
   *
   * @returns the first error that does; null: it is served
   * @throws SwitchyardError why the host did not take it
   */
  async apply(lenient?: boolean): Promise<Finding | null> {
    this.#busy = 'apply'
    try {
      await Promise.all([this.flush(), this.#changes])
      // What was refused has been looked at already.
      if (lenient !== true) await this.#check.again()
      const [first] = blocking(this.findings)
      if (first !== undefined) return first
      await this.#connection.request('config.apply', lenient === undefined ? {} : { lenient })
      return null
    } finally {
      this.#busy = null
      await this.refresh()
    }
  }

  /** Writes the shown file. `over`: whatever the disk has. @throws SwitchyardError what else went wrong */
  async save({ as, over = false }: { as?: string; over?: boolean } = {}): Promise<boolean> {
    const text = this.#text
    if (text === null) return false
    this.#busy = 'save'
    const { file } = text
    try {
      await this.flush()
      const now = await this.#connection.request('config.text', { file })
      const base = as !== undefined ? null : over ? now.base : (this.#bases.get(file) ?? now.base)
      if (as === undefined && !over && now.edited && now.changedOnDisk) throw changedBelow(file)
      await this.#connection.request('config.save', { file, ...(as === undefined ? {} : { as }), base })
      this.#bases.delete(file)
      this.#trouble = null
      return true
    } catch (thrown) {
      const error = asSwitchyardError(thrown).toPlain()
      const kind = error.code === 'config-changed' ? 'changed' : error.code === 'file-unwritable' ? 'unwritable' : null
      if (kind === null || as !== undefined) throw thrown
      this.#trouble = { kind, file, error }
      return false
    } finally {
      this.#busy = null
      await this.refresh()
    }
  }
  dismiss(): void {
    this.#trouble = null
  }

  /** Drops the draft of the shown file. */
  async revert(to: 'disk' | 'applied'): Promise<void> {
    await this.flush()
    const reverted = await this.#connection.request('config.revert', { file: this.#file, to })
    this.#took(reverted)
    this.#bases.delete(this.#file)
    this.#trouble = null
    await this.refresh()
  }

  async #send({ file, text }: Typed): Promise<void> {
    await this.#try(async () => {
      if (!this.#bases.has(file) && this.#text?.file === file && !this.#text.edited) this.#bases.set(file, this.#text.base)
      const now = await this.#connection.request('config.edit', { file, text })
      this.#files = this.#files.map((each) => (each.file === file ? now : each))
      if (this.#text?.file === file) this.#text = { ...this.#text, ...now, text }
      if (!now.edited) this.#bases.delete(file)
      this.#error = null
    })
  }

  /** Here, in another window, or on the disk. */
  async #changed(file: string): Promise<void> {
    await this.#try(async () => {
      const files = await this.#askFiles()
      if (!files.some((each) => each.file === this.#file)) return this.refresh()
      // What is being typed is newer than whatever is told of it.
      if (file === this.#file && !this.#keystrokes.waiting) await this.show(file)
      if (!this.#keystrokes.waiting) await this.#check.again()
    })
  }

  #took(text: ConfigText): void {
    this.#text = text
    this.#texts.set(text.file, text.text)
    if (text.file !== this.#given.file || text.text !== this.#inEditor) {
      this.#given = { file: text.file, text: text.text }
      this.#inEditor = text.text
    }
    if (!text.edited) this.#bases.delete(text.file)
  }
  #nothing(): void {
    this.#file = ''
    this.#given = { file: '', text: '' }
    this.#text = null
    this.#check.forget()
  }

  async #askFiles(): Promise<readonly ConfigFile[]> {
    const { files, options, served } = await this.#connection.request('config.files', {})
    // Another config is open: what a check of the one before said holds no more; what the host told may be of this one.
    if (rootsOf(files) !== this.roots) this.#check.forget((file) => files.some((each) => each.file === file))
    this.#files = files
    this.#options = options
    this.#served = served
    return files
  }

  async #outlineAgain(): Promise<void> {
    this.#outline = (await this.#connection.request('config.outline', {}).catch(() => ({ hosts: [] }))).hosts
  }
  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (thrown) {
      if (!isQuiet(thrown)) this.#error = asSwitchyardError(thrown).toPlain()
    }
  }
}

function rootsOf(files: readonly ConfigFile[]): string {
  return JSON.stringify(files.filter(({ root }) => root).map(({ file }) => file))
}

function changedBelow(file: string): SwitchyardError {
  return new SwitchyardError('config-changed', `${file} has another text on the disk than this draft was made from.`, {
    hint: 'Look at the text of the disk, then save over it, or save under another name.'
  })
}
