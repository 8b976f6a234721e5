import { SwitchyardError } from '../../../shared/errors.js'
import type { Finding, Span } from '../../../shared/trace.js'
import type { AppState } from '../../state/app.js'
import { askForDropped } from '../../state/config-opener.js'
import { fileName } from '../../state/paths.js'
import { appDialogs } from './app-dialogs.js'
import type { ConfigDesk } from './config-desk.svelte.js'
import { isSame, neighbour } from './findings.js'

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
  /** Of the cursor. */
  line = 1

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

  go({ file, line, column }: Pick<Span, 'file' | 'line' | 'column'>): void {
    if (!this.#desk.files.some((each) => each.file === file))
      return this.#app.notices.show({ text: `${fileName(file)} is not part of the open config.`, tone: 'error' })
    if (file !== this.#desk.file) void this.#desk.show(file)
    this.#place = { file, line, column, focus: true }
  }
  choose(finding: Finding | null): void {
    this.#chosen = finding
    if (finding?.span) this.go(finding.span)
  }
  /** To the finding after the one that is looked at, else after the cursor. */
  next(step: 1 | -1): void {
    const { files, file, findings } = this.#desk
    const span = this.current?.span
    // One on the cursor's own line is next, too.
    const from = span ? { file: span.file, line: span.line } : { file, line: this.line - step * 0.5 }
    this.choose(
      neighbour(
        findings,
        files.map((each) => each.file),
        from,
        step
      )
    )
  }

  apply(lenient?: boolean): Promise<void> {
    return this.attempt(async () => {
      const error = await this.#desk.apply(lenient)
      if (error === null) return this.#app.notices.show({ text: 'Applied. Open tunnels keep the config that they were opened with.' })
      this.choose(error)
      this.#app.notices.show({ text: `Not applied: ${error.message}`, hint: error.hint, tone: 'error' })
    })
  }
  save(how: { as?: string; over?: boolean } = {}): Promise<void> {
    return this.attempt(async () => {
      const file = how.as ?? this.#desk.file
      if (how.as === undefined && this.#desk.text?.writable === false)
        return this.saveAs(`${fileName(file)} is not writable for Switchyard. Save it under another name:`)
      if (await this.#desk.save(how)) this.#app.notices.show({ text: `Saved ${fileName(file)}.` })
    })
  }
  async saveAs(why?: string): Promise<void> {
    if (this.#dialogs === null) return this.#ask('save', why)
    const chosen = await this.#dialogs.chooseSaveFile(this.#desk.file)
    if (chosen !== null) await this.save({ as: chosen })
  }
  revert(to: 'disk' | 'applied'): Promise<void> {
    return this.attempt(() => this.#desk.revert(to))
  }
  /** The disk's text is served instead of what was. */
  reload(): Promise<void> {
    return this.attempt(() => this.#app.connection.request('config.reload', {}))
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
    const purpose = this.#picker?.purpose
    this.closePicker()
    void (purpose === 'save' ? this.save({ as: path }) : this.open([path]))
  }
  closePicker(): void {
    this.#picker = null
  }

  async attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (thrown) {
      if (!isListed(thrown)) this.#app.notices.error(thrown)
    }
  }

  #another(open: () => Promise<unknown>): Promise<void> {
    return this.attempt(async () => {
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

/** The banner says it better, line by line. */
function isListed(thrown: unknown): boolean {
  return thrown instanceof SwitchyardError && (thrown.code === 'config-unsupported' || thrown.code === 'config-refused')
}
