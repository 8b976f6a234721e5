import type { ExchangeRow, FrameRow } from '../../../../shared/rows.js'
import { copyText } from '../../../components/copy-text.js'
import type { MenuItem } from '../../../components/menu.js'
import type { AppState } from '../../../state/app.js'
import { clockTime } from '../../../state/clock.js'
import { sayKeys } from '../../../state/keys.js'
import { count, counts, size } from '../../../state/sizes.js'
import type { ListView } from '../../../state/view.svelte.js'
import { flagsOf, frameNumber, opcodeName, payloadSays } from './frame-words.js'

const pieceBytes = 65_536
/** More than that is for a file, not for a clipboard. */
const mostCopied = 4 * 1024 * 1024

/** What can be done with a frame. */
export class FrameActions {
  readonly #app: AppState

  constructor(app: AppState) {
    this.#app = app
  }

  menu(exchange: ExchangeRow, row: FrameRow, view: ListView<FrameRow>, session: string | undefined): readonly MenuItem[] {
    const chosen = view.selected.size
    const none = row.stored === 0 ? 'Nothing of it is kept' : null
    return [
      {
        title: row.opcode === 2 ? 'Copy payload as hex' : 'Copy payload',
        icon: 'copy',
        keys: sayKeys('c'),
        disabled: none,
        run: () => this.copyPayload(exchange, row, session)
      },
      {
        title: chosen > 1 ? `Copy ${count(chosen)} rows` : 'Copy row',
        keys: sayKeys('Mod+C'),
        run: () => this.copyRows(exchange, view)
      }
    ]
  }

  /** Text as text, binary as hex; inflated where there is that. */
  async copyPayload(exchange: ExchangeRow, row: FrameRow, session: string | undefined): Promise<void> {
    await this.#attempt(async () => {
      const { bytes, total } = await this.#payload(exchange, row, session)
      await copyText(row.opcode === 2 ? hexOf(bytes) : new TextDecoder().decode(bytes))
      return bytes.length < total ? `The first ${size(bytes.length)} of ${size(total)} copied` : 'Payload copied'
    })
  }
  /** Every chosen frame, one a line. */
  async copyRows(exchange: ExchangeRow, view: ListView<FrameRow>): Promise<void> {
    const { cursor } = view
    if (cursor === null) return
    await this.#attempt(async () => {
      const chosen = await view.chosenRows()
      const rows = chosen.length === 0 ? [cursor] : chosen
      await copyText(rows.map((row) => this.#rowText(exchange, row)).join('\n'))
      return rows.length > 1 ? `${counts(rows.length, 'row')} copied` : 'Row copied'
    })
  }
  /** Shows the last one and follows. */
  async toEnd<Row extends { readonly id: number }>(view: ListView<Row>): Promise<void> {
    await this.#attempt(async () => {
      view.following = true
      await view.setOrder(view.order)
      return null
    })
  }

  #rowText(exchange: ExchangeRow, row: FrameRow): string {
    const { utc } = this.#app.session.settings
    const cells = [frameNumber(row), clockTime(row.atUs, { utc, date: true }), row.from, opcodeName(row.opcode), flagsOf(row), row.length]
    return [...cells, payloadSays(row, exchange)].join('\t')
  }
  async #payload({ id }: ExchangeRow, row: FrameRow, session: string | undefined): Promise<{ bytes: Uint8Array; total: number }> {
    const form = row.compressed && row.inflated > 0 ? 'inflated' : 'unmasked'
    const pieces: Uint8Array[] = []
    for (let offset = 0; ;) {
      const piece = await this.#app.connection.request('frame.body', {
        exchange: id,
        from: row.from,
        number: row.number,
        form,
        offset,
        length: pieceBytes,
        ...(session === undefined ? {} : { session })
      })
      pieces.push(piece.bytes)
      offset += piece.bytes.length
      if (piece.bytes.length === 0 || offset >= Math.min(piece.kept, mostCopied)) return { bytes: joined(pieces), total: piece.total }
    }
  }
  async #attempt(work: () => Promise<string | null>): Promise<void> {
    try {
      const done = await work()
      if (done !== null) this.#app.notices.show({ text: done })
    } catch (thrown) {
      this.#app.notices.error(thrown)
    }
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}
