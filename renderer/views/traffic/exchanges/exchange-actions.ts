import type { ListenerFacts } from '../../../../shared/contract.js'
import type { ExchangeDetail, ExchangeRow } from '../../../../shared/rows.js'
import { copyText } from '../../../components/copy-text.js'
import type { MenuItem } from '../../../components/menu.js'
import type { AppState } from '../../../state/app.js'
import { sayKeys } from '../../../state/keys.js'
import { count, counts } from '../../../state/sizes.js'
import type { ListView } from '../../../state/view.svelte.js'
import { urlOf } from './address.js'
import type { Revealed } from '../revealed.svelte.js'
import { allHeads, connectLine, curlLine, webSocketExpression, wscatLine } from './copy-forms.js'
import type { Repeatable, Shown } from './copy-forms.js'
import { statusOf, typeOf } from './exchange-words.js'
import { requestBody } from './request-body.js'

/** Route asks about what is captured now. */
export const olderSays = 'Not for an earlier capture: Route shows exchanges of the current one'

/** Said where something was left out of a copy. */
const maskedHint = 'Its secrets are left out. Reveal, in its heads, shows them, and then they are copied too.'

/** What can be done with the exchanges that are chosen: as a menu, and by keys. */
export class ExchangeActions {
  readonly #app: AppState
  readonly #session: () => string | undefined
  readonly #revealed: Revealed

  /** @param session the one that is looked at; undefined: the one that is written */
  constructor(app: AppState, session: () => string | undefined, revealed: Revealed) {
    this.#app = app
    this.#session = session
    this.#revealed = revealed
  }

  /** @param view in which rows are chosen; `onexport` asks for a file. */
  menu(row: ExchangeRow, view: ListView<ExchangeRow>, onexport: () => void): readonly MenuItem[] {
    const chosen = view.selected.size
    const many = chosen > 1 ? count(chosen) : null
    const copies: MenuItem[] = [
      { title: many === null ? 'Copy as URL' : `Copy ${many} URLs`, icon: 'copy', keys: sayKeys('c'), run: () => this.copyUrls(view) },
      { title: many === null ? 'Copy row' : `Copy ${many} rows`, keys: sayKeys('Mod+C'), run: () => this.copyRows(view) },
      {
        title: 'Copy headers',
        run: () => this.#copy(row, (_, shown, { heads }) => allHeads(heads, shown))
      },
      { title: 'Copy as cURL', run: () => this.copyCurl(row) },
      {
        title: 'Copy as cURL with cookies and authorisation',
        run: () => this.#copyWithBody(row, (one) => curlLine(one, { secrets: true }))
      },
      ...(row.handshake === 1
        ? [
            { title: 'Copy as wscat', run: () => this.copyWscat(row) },
            { title: 'Copy as new WebSocket(…)', run: () => this.#copy(row, webSocketExpression) },
            { title: 'Copy as switchyard connect', run: () => this.copyConnect(row) }
          ]
        : [])
    ]
    return [
      ...copies,
      null,
      { title: many === null ? 'Export…' : `Export ${many} exchanges…`, icon: 'save', run: onexport },
      {
        title: 'Explain in Route',
        icon: 'route',
        disabled: this.#session() === undefined ? null : olderSays,
        run: () => this.explain(row)
      },
      ...(row.routeFile === ''
        ? []
        : [
            {
              title: 'Show the line in Config',
              icon: 'config' as const,
              run: () => this.showLine(row)
            }
          ]),
      ...(this.#mayClose(row)
        ? [null, { title: 'Close the tunnel', icon: 'close' as const, danger: true, run: () => this.close(row) }]
        : [])
    ]
  }

  /** The line that routed it, in Config. */
  showLine({ id, routeFile, routeLine }: ExchangeRow): void {
    const session = this.#session()
    const of = { exchange: id, ...(session === undefined ? {} : { session }) }
    this.#app.navigation.go('config', { file: routeFile, line: routeLine, of })
  }
  explain({ id }: ExchangeRow): void {
    this.#app.navigation.go('route', { exchange: id })
  }
  async copyUrl(row: ExchangeRow): Promise<void> {
    await this.#attempt(() => this.#put([row], urlOf, 'URL copied'))
  }
  /** A line that opens the tunnel again. */
  async copyConnect(row: ExchangeRow): Promise<void> {
    await this.#copy(row, (one, shown) => connectLine(this.#app.connection, one, shown))
  }
  /** Of every chosen row, one a line. */
  async copyUrls(view: ListView<ExchangeRow>): Promise<void> {
    await this.#copyChosen(view, urlOf, 'URL')
  }
  async copyRows(view: ListView<ExchangeRow>): Promise<void> {
    await this.#copyChosen(view, rowText, 'Row')
  }
  async copyCurl(row: ExchangeRow): Promise<void> {
    await this.#copyWithBody(row, curlLine)
  }
  async copyWscat(row: ExchangeRow): Promise<void> {
    await this.#copy(row, wscatLine)
  }
  async close({ id }: ExchangeRow): Promise<void> {
    await this.#attempt(() => this.#app.connection.request('tunnel.close', { exchange: id }))
  }

  #mayClose({ websocket, state }: ExchangeRow): boolean {
    return websocket === 1 && state === 'open' && this.#session() === undefined
  }
  async #copy(row: ExchangeRow, text: (one: Repeatable, shown: Shown, detail: ExchangeDetail) => string): Promise<void> {
    await this.#attempt(async () => {
      const detail = await this.#detailOf(row)
      await this.#put([row], (_, shown) => text(this.#repeatable(row, detail), shown, detail), 'Copied')
    })
  }
  /** With the body of the request, where that is text and was kept whole; where it isn't, the notice says so. */
  async #copyWithBody(row: ExchangeRow, text: (one: Repeatable, shown: Shown) => string): Promise<void> {
    await this.#attempt(async () => {
      const [detail, body] = await Promise.all([this.#detailOf(row), requestBody(this.#app.connection, row, this.#session())])
      const one = { ...this.#repeatable(row, detail), body: body.text }
      await this.#put([row], (_, shown) => text(one, shown), body.empty || body.text !== null ? 'Copied' : 'Copied without the body')
    })
  }
  async #detailOf({ id }: ExchangeRow): Promise<ExchangeDetail> {
    const session = this.#session()
    return await this.#app.connection.request('exchange.get', { exchange: id, ...(session === undefined ? {} : { session }) })
  }
  #repeatable(row: ExchangeRow, { heads }: ExchangeDetail): Repeatable {
    const fields = heads.find(({ from, stage }) => from === 'client' && stage === 'in')?.fields ?? []
    return { row, fields, listener: this.#listenerOf(row) }
  }
  async #copyChosen(view: ListView<ExchangeRow>, text: (row: ExchangeRow, shown: Shown) => string, what: string): Promise<void> {
    const { cursor } = view
    if (cursor === null) return
    await this.#attempt(async () => {
      const rows = await view.chosenRows()
      if (rows.length > 1) await this.#put(rows, text, `${counts(rows.length, what)} copied`)
      else await this.#put([rows[0] ?? cursor], text, `${what} copied`)
    })
  }
  async #put(rows: readonly ExchangeRow[], text: (row: ExchangeRow, shown: Shown) => string, done: string): Promise<void> {
    const copied = rows.map((row) => text(row, { secrets: this.#revealed.isShown(row) })).join('\n')
    await copyText(copied)
    const isWhole = copied === rows.map((row) => text(row, { secrets: true })).join('\n')
    this.#app.notices.show(isWhole ? { text: done } : { text: `${done}, masked`, hint: maskedHint })
  }
  #listenerOf({ scheme }: ExchangeRow): ListenerFacts | null {
    return this.#app.session.status?.listeners.find(({ tls }) => tls === (scheme === 'https')) ?? null
  }
  async #attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (thrown) {
      this.#app.notices.error(thrown)
    }
  }
}

function rowText(row: ExchangeRow, shown: Shown): string {
  return [typeOf(row), urlOf(row, shown), statusOf(row), row.framesClient, row.framesServer].join('\t')
}
