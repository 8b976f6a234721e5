import type { OutlineHost, TextOf } from '../../../shared/contract.js'
import type { ExchangeRow } from '../../../shared/rows.js'
import type { Finding } from '../../../shared/trace.js'
import { ListView } from '../../state/view.svelte.js'
import { FilterText } from '../../views/traffic/filter/filter-text.svelte.js'
import { isMeant } from '../../views/settings/settings-list.js'
import { urlOf } from '../../views/traffic/exchanges/address.js'
import { commandsFound, exchangesFound, findingsFound, routesFound, settingsFound } from './findables.js'
import type { Shared } from './findables.js'
import { aGroup, groupsFound } from './found.js'
import type { Findable, FoundGroup } from './found.js'

const usedName = 'palette.used'
const usedMost = 30
const newestFirst = { by: 'id', descending: true }

/** `actions`: nothing but what can be done, and no question to the host. */
export type Sought = 'everything' | 'actions'

/** What is looked for in the palette, and what of all there is was found: at once what is at hand, below it what the store finds. */
export class PaletteSearch {
  #query = $state('')
  #chosen = $state<string | null>(null)
  #sought = $state<Sought>('everything')
  #hosts = $state.raw<readonly OutlineHost[]>([])
  #checked = $state.raw<readonly Finding[] | null>(null)
  #view = $state.raw<ListView<ExchangeRow> | null>(null)
  #filter: FilterText | null = null
  readonly #shared: Shared

  /** By their last use, the newest first. */
  readonly #used = $derived.by(() => this.#shared.preferences.get<readonly string[]>(usedName, []))
  readonly #findings = $derived.by((): { readonly found: readonly Finding[]; readonly of: TextOf | undefined } => {
    if (this.#checked !== null) return { found: this.#checked, of: undefined }
    const { status, config } = this.#shared.session
    if (status !== null && status.refused.length > 0) return { found: status.refused, of: 'refused' }
    return { found: config?.findings ?? [], of: { generation: config?.generation ?? 0 } }
  })
  readonly #atHand = $derived.by(() => {
    const actions = commandsFound(this.#shared)
    if (this.#sought === 'actions') return actions
    return [
      ...actions,
      ...routesFound(this.#hosts, this.#shared),
      ...findingsFound(this.#findings.found, this.#findings.of, this.#shared),
      ...settingsFound(this.#shared)
    ]
  })
  /** The rows are of what is typed now. With the rows of another filter its spec is another, too. */
  readonly #answered = $derived.by(() => {
    const wanted = this.#query.trim() === '' ? '' : this.#query
    return this.#view?.open === true && this.#view.rows.length >= 0 && this.#view.spec.filter === wanted
  })
  readonly #exchanges = $derived.by(() => {
    const rows = (this.#view?.rows ?? []).slice(0, aGroup)
    // Until the store answers, of what it found before that which holds still.
    return this.#answered ? rows : rows.filter((row) => isMeant(this.#query.trim(), urlOf(row)))
  })
  readonly #groups = $derived.by((): readonly FoundGroup[] => {
    const found = exchangesFound(this.#exchanges, this.#shared)
    const stored = found.length === 0 ? [] : [{ name: 'Exchanges', found }]
    return [...groupsFound(this.#query, this.#atHand, this.#used), ...stored]
  })
  readonly #flat = $derived(this.#groups.flatMap(({ found }) => found))
  readonly #index = $derived(
    Math.max(
      0,
      this.#flat.findIndex(({ key }) => key === this.#chosen)
    )
  )

  constructor(shared: Shared) {
    this.#shared = shared
  }

  get query(): string {
    return this.#query
  }
  get groups(): readonly FoundGroup[] {
    return this.#groups
  }
  get flat(): readonly Findable[] {
    return this.#flat
  }
  /** Of what is chosen, in `flat`; it stays with its row, whatever arrives. */
  get index(): number {
    return this.#index
  }
  get chosen(): Findable | undefined {
    return this.#flat[this.#index]
  }
  /** The store still looks. */
  get looking(): boolean {
    return this.#view !== null && this.#view.error === null && this.#view.filterError === null && (!this.#answered || this.#view.matching)
  }

  /** Begins anew; the answer ends it. */
  open(sought: Sought): () => void {
    this.#sought = sought
    this.#query = ''
    this.choose(0)
    return sought === 'actions' ? () => {} : this.#ask()
  }
  type(query: string): void {
    this.#query = query
    this.choose(0)
    this.#filter?.set(query)
  }
  step(by: 1 | -1): void {
    if (this.#flat.length > 0) this.choose((this.#index + by + this.#flat.length) % this.#flat.length)
  }
  choose(index: number): void {
    this.#chosen = this.#flat[index]?.key ?? null
  }
  /** What is chosen since nothing else was there stays so when more arrives above it. */
  hold(): void {
    this.choose(this.#index)
  }
  remember({ key, passing }: Findable): void {
    if (passing === true) return
    const others = this.#used.filter((one) => one !== key)
    this.#shared.preferences.set(usedName, [key, ...others].slice(0, usedMost))
  }

  #ask(): () => void {
    const { connection, preferences } = this.#shared
    const view = new ListView<ExchangeRow>(connection, { kind: 'exchanges', filter: '', order: newestFirst }, { follow: true })
    view.show({ first: 0, count: aGroup }, false)
    const filter = new FilterText(view, preferences, 'palette')
    const asking = new AbortController()
    this.#view = view
    this.#filter = filter
    this.#checked = null
    void this.#askRoutes(asking.signal)
    void this.#askFindings(asking.signal)
    return () => {
      asking.abort()
      filter.stop()
      view.close()
      if (this.#view !== view) return
      this.#view = null
      this.#filter = null
    }
  }
  async #askRoutes(signal: AbortSignal): Promise<void> {
    try {
      this.#hosts = (await this.#shared.connection.request('config.outline', {}, signal)).hosts
    } catch {
      // Nobody answers, or it was closed: the routes that are known stand.
    }
  }
  async #askFindings(signal: AbortSignal): Promise<void> {
    try {
      this.#checked = (await this.#shared.connection.request('config.check', {}, signal)).findings
    } catch {
      // What the host told by itself stands.
    }
  }
}
