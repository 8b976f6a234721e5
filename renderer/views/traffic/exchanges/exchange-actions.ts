import type { ListenerFacts } from '../../../../shared/contract.js'
import type { ExchangeDetail, ExchangeRow } from '../../../../shared/rows.js'
import { copyText } from '../../../components/copy-text.js'
import type { MenuItem } from '../../../components/menu.js'
import type { AppState } from '../../../state/app.js'
import { sayKeys } from '../../../state/keys.js'
import { urlOf } from './address.js'
import { connectLine, curlLine, headText, webSocketExpression, wscatLine } from './copy-forms.js'
import type { Repeatable } from './copy-forms.js'
import { statusOf, typeOf } from './exchange-words.js'

/** Route asks about what is captured now. */
export const olderSays = 'Not for an earlier capture: Route shows exchanges of this one'

/** What can be done with the exchanges that are chosen: as a menu, and by keys. */
export class ExchangeActions {
  readonly #app: AppState
  readonly #session: () => string | undefined

  /** @param session the one that is looked at; undefined: the one that is written */
  constructor(app: AppState, session: () => string | undefined) {
    this.#app = app
    this.#session = session
  }

  /** @param chosen how many rows are selected; `onexport` asks for a file. */
  menu(row: ExchangeRow, chosen: number, onexport: () => void): readonly MenuItem[] {
    const copies: MenuItem[] = [
      { title: 'Copy as URL', icon: 'copy', keys: sayKeys('c'), run: () => this.copyUrl(row) },
      { title: 'Copy row', keys: sayKeys('Shift+c'), run: () => this.copyRow(row) },
      { title: 'Copy headers', run: () => this.#copy(row, (_, detail) => detail.heads.map(headText).join('\n\n')) },
      { title: 'Copy as cURL', run: () => this.copyCurl(row) },
      { title: 'Copy as cURL with cookies and authorisation', run: () => this.#copy(row, (one) => curlLine(one, { secrets: true })) },
      ...(row.handshake === 1
        ? [
            { title: 'Copy as wscat', run: () => this.copyWscat(row) },
            { title: 'Copy as new WebSocket(…)', run: () => this.#copy(row, webSocketExpression) },
            { title: 'Copy as switchyard connect', run: () => this.#copy(row, connectLine) }
          ]
        : [])
    ]
    return [
      ...copies,
      null,
      { title: chosen > 1 ? `Export ${chosen.toLocaleString('en-US')} exchanges…` : 'Export…', icon: 'save', run: onexport },
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
              run: () => this.#app.navigation.go('config', { file: row.routeFile, line: row.routeLine })
            }
          ]),
      ...(this.#mayClose(row)
        ? [null, { title: 'Close the tunnel', icon: 'close' as const, danger: true, run: () => this.close(row) }]
        : [])
    ]
  }

  explain({ id }: ExchangeRow): void {
    this.#app.navigation.go('route', { exchange: id })
  }
  async copyUrl(row: ExchangeRow): Promise<void> {
    await this.#attempt(() => copyText(urlOf(row, { secrets: true })), 'URL copied')
  }
  async copyRow(row: ExchangeRow): Promise<void> {
    const { framesClient, framesServer } = row
    await this.#attempt(() => copyText([typeOf(row), urlOf(row), statusOf(row), framesClient, framesServer].join('\t')), 'Row copied')
  }
  async copyCurl(row: ExchangeRow): Promise<void> {
    await this.#copy(row, (one) => curlLine(one, { secrets: false }))
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
  async #copy(row: ExchangeRow, text: (one: Repeatable, detail: ExchangeDetail) => string): Promise<void> {
    await this.#attempt(async () => {
      const session = this.#session()
      const detail = await this.#app.connection.request('exchange.get', { exchange: row.id, ...(session === undefined ? {} : { session }) })
      const fields = detail.heads.find(({ from, stage }) => from === 'client' && stage === 'in')?.fields ?? []
      await copyText(text({ row, fields, listener: this.#listenerOf(row) }, detail))
    }, 'Copied')
  }
  #listenerOf({ scheme }: ExchangeRow): ListenerFacts | null {
    return this.#app.session.status?.listeners.find(({ tls }) => tls === (scheme === 'https')) ?? null
  }
  async #attempt(work: () => Promise<unknown>, done?: string): Promise<void> {
    try {
      await work()
      if (done !== undefined) this.#app.notices.show({ text: done })
    } catch (thrown) {
      this.#app.notices.error(thrown)
    }
  }
}
