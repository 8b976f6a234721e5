import type { TextOf } from '../../../shared/contract.js'
import type { Finding, Span } from '../../../shared/trace.js'
import type { AppState } from '../../state/app.js'
import { askForDropped, isListed } from '../../state/config-opener.js'
import { fileName } from '../../state/paths.js'
import { appDialogs } from './app-dialogs.js'
import { isTexts } from './config-check.svelte.js'
import type { CheckedTexts } from './config-check.svelte.js'
import type { ConfigDesk } from './config-desk.svelte.js'
import { blocking, isSame, neighbour } from './findings.js'
import { hadIt, lineNow } from './line-now.js'
import type { LineNow } from './line-now.js'
import { joinPath } from './path-field.js'

type Spot = Pick<Span, 'file' | 'line' | 'column'>

/** What notices say of the config that is open. */
const ofTheConfig = ['config.go', 'config.apply', 'config.save', 'config.revert', 'config.reload'] as const
type About = (typeof ofTheConfig)[number]

/** Where an editor is to go; a new object each time. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly focus: boolean
}

/** What can be done with the open config, where it is looked at, and what is asked of the user meanwhile. */
export class ConfigActions {
  readonly #desk: ConfigDesk
  readonly #app: AppState
  readonly #dialogs = appDialogs()
  #chosen = $state.raw<Finding | null>(null)
  #place = $state.raw<Place | null>(null)
  #picker = $state.raw<{ readonly purpose: 'open' | 'save'; readonly why?: string } | null>(null)
  /** What stopped the last Apply. */
  #stopped = $state.raw<Finding | null>(null)
  /** Of the cursor. */
  line = 1
  /** Counts them: the last holds. */
  #goings = 0

  constructor(desk: ConfigDesk, app: AppState) {
    this.#desk = desk
    this.#app = app
  }

  /** The finding that is looked at. One that a newer check does not have any more is done. */
  get current(): Finding | null {
    return this.#desk.findings.find((finding) => isSame(finding, this.#chosen)) ?? null
  }
  get place(): Place | null {
    return this.#place
  }
  /** The dialog for files that is open; the app has the system's. */
  get picker(): { readonly purpose: 'open' | 'save'; readonly why?: string } | null {
    return this.#picker
  }
  get inApp(): boolean {
    return this.#dialogs !== null
  }

  /**
   * @param of the config that the line is one of; none: the text that is shown
   * @returns the line there; null: it was not gone to
   */
  async go({ file, line, column }: Spot, of?: CheckedTexts): Promise<number | null> {
    const { notices } = this.#app
    const turn = ++this.#goings
    const isOurs = (): boolean => this.#desk.files.some((each) => each.file === file)
    // A config that was opened just now may be another one than the desk has.
    if (!isOurs()) await this.#desk.refresh()
    // Gone somewhere else meanwhile.
    if (turn !== this.#goings) return null
    if (!isOurs()) {
      notices.show({ text: `${fileName(file)} is not part of the open config.`, tone: 'error', about: 'config.go' })
      return null
    }
    notices.done('config.go')
    if (file !== this.#desk.file) await this.#desk.show(file)
    const now = await this.#now({ file, line, column }, of)
    if (turn !== this.#goings) return null
    this.#place = { file, line: now.line, column: now.line === line ? column : 1, focus: true }
    if (now.note !== null) notices.show({ text: now.note })
    return now.line
  }
  async choose(finding: Finding | null): Promise<void> {
    this.#chosen = finding
    if (!finding?.span) return
    const line = await this.go(finding.span, this.#desk.checked)
    // The next check says it of the line where it is now.
    if (line !== null && this.#chosen === finding) this.#chosen = { ...finding, span: { ...finding.span, line } }
  }
  /** To the finding after the one that is looked at, else after the cursor. */
  next(step: 1 | -1): void {
    const { files, file, findings } = this.#desk
    const span = this.current?.span
    // One on the cursor's own line is next, too.
    const from = span ? { file: span.file, line: span.line } : { file, line: this.line - step * 0.5 }
    void this.choose(
      neighbour(
        findings,
        files.map((each) => each.file),
        from,
        step
      )
    )
  }
  /** The same from elsewhere: a config may have been opened just now, and what the desk has be of the one before. */
  async toProblems(): Promise<void> {
    const turn = ++this.#goings
    const { file } = this.#desk
    await this.#desk.refresh()
    // Who went to one of them by hand meanwhile is not pulled away.
    if (turn !== this.#goings) return
    if (this.#desk.file !== file) this.line = 1
    this.next(1)
  }

  apply(lenient?: boolean): Promise<void> {
    return this.attempt('config.apply', async (about) => {
      const error = await this.#desk.apply(lenient)
      this.#stopped = error
      if (error === null) {
        this.#app.notices.done('config.go')
        return this.#app.notices.show({ text: 'Applied. Open tunnels keep the config that they were opened with.', about })
      }
      await this.choose(error)
      this.#app.notices.show({ text: `Not applied: ${error.message}`, hint: error.hint, tone: 'error', about })
    })
  }
  /** What stopped the last Apply does not stop the next any more. */
  get isMended(): boolean {
    const stopped = this.#stopped
    return (
      stopped !== null && !blocking(this.#desk.findings).some(({ code, message }) => code === stopped.code && message === stopped.message)
    )
  }
  /** Another config is open, be it by Save as: what went wrong with the one before is done with. */
  begun(): void {
    for (const about of ofTheConfig) this.#app.notices.mended(about)
  }
  save(how: { as?: string; over?: boolean } = {}): Promise<void> {
    return this.attempt('config.save', async (about) => {
      const { file, files } = this.#desk
      if (how.as === undefined && this.#desk.text?.writable === false)
        return this.saveAs(`${fileName(file)} is not writable for Switchyard. Save it under another name:`)
      if (!(await this.#desk.save(how))) return
      const { as } = how
      const alone = files.length === 1 && as !== undefined && as !== file
      const action = alone ? { action: { title: 'Open it', run: () => void this.open([as]) } } : {}
      this.#app.notices.show({ text: `Saved ${fileName(as ?? file)}.`, about, ...action })
    })
  }
  async saveAs(why?: string): Promise<void> {
    if (this.#dialogs === null) return this.#ask('save', why)
    const { file, text } = this.#desk
    // What is nowhere yet is kept where its user is at home.
    const suggested = text?.onDisk === null ? joinPath(this.#app.connection.home, fileName(file)) : file
    const chosen = await this.#dialogs.chooseSaveFile(suggested)
    if (chosen !== null) await this.save({ as: chosen })
  }
  revert(to: 'disk' | 'applied'): Promise<void> {
    return this.attempt('config.revert', () => this.#desk.revert(to))
  }
  /** The disk's text is served instead of what was. */
  reload(): Promise<void> {
    return this.attempt('config.reload', () => this.#app.connection.request('config.reload', {}))
  }

  askOpen(why?: string): void {
    if (this.#dialogs === null) this.#ask('open', why)
    else this.#app.commands.run('config.open')
  }
  open(files: readonly string[]): Promise<void> {
    return this.#another(() => this.#app.connection.request('config.open', { files: [...files] }))
  }
  dropped(files: readonly File[]): Promise<void> {
    return this.#another(() => askForDropped(this.#app.connection, files))
  }
  picked(path: string): void {
    if (this.#picker === null) return
    const { purpose } = this.#picker
    this.closePicker()
    void (purpose === 'save' ? this.save({ as: path }) : this.open([path]))
  }
  closePicker(): void {
    this.#picker = null
  }

  attempt(about: About | 'config.open', work: (about: string) => Promise<unknown>): Promise<void> {
    return this.#app.notices.attempt(about, async () => {
      try {
        await work(about)
      } catch (thrown) {
        if (!isListed(thrown)) throw thrown
      }
    })
  }

  async #now({ file, line }: Spot, of: CheckedTexts | undefined): Promise<LineNow> {
    const shown = this.#desk.textNow(file)
    if (of === undefined || shown === null) return { line, note: null }
    if (isTexts(of)) return lineNow({ line, text: of.get(file) ?? shown, had: 'the text that was checked' }, shown)
    const had = await this.#had(file, of)
    return lineNow({ line, ...had }, this.#desk.textNow(file) ?? shown)
  }
  async #had(file: string, of: TextOf): Promise<{ readonly text: string | null; readonly had: string }> {
    try {
      const told = await this.#app.connection.request('config.textOf', { file, of })
      return { text: told.text, had: hadIt(of, told) }
    } catch {
      return { text: null, had: 'another config' }
    }
  }
  #another(open: () => Promise<unknown>): Promise<void> {
    return this.attempt('config.open', async () => {
      await this.#desk.flush()
      try {
        await open()
      } finally {
        await this.#desk.refresh()
      }
    })
  }
  #ask(purpose: 'open' | 'save', why: string | undefined): void {
    this.#picker = { purpose, ...(why === undefined ? {} : { why }) }
  }
}
