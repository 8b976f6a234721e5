import { SwitchyardError } from '../../../shared/errors.js'
import type { ViewState, ViewWindow } from '../../../shared/rows.js'
import type { ReaderEvent } from '../protocol.js'
import { Slices } from './slices.js'
import type { View } from './view.js'

/** A view is told of at most so often; the next tick also waits until the last was acknowledged. */
export const tickMs = 50
const largestWindow = 1000
/** More views than any screen has; whoever opens more forgot to close them. */
const mostViews = 64

/** Memory that several tables take the ids of their views from. */
export function createViewIds(): SharedArrayBuffer {
  return new SharedArrayBuffer(4)
}

interface OpenView {
  readonly id: number
  readonly view: View
  readonly closing: AbortController
  matching: boolean
  /** More was committed while it was matching. */
  again: boolean
  acknowledged: boolean
  told: string
  toldAtMs: number
}

/** The open views: brings them up to date with every commit, and tells of them. */
export class ViewTable {
  readonly #tell: (event: ReaderEvent) => void
  readonly #views = new Map<number, OpenView>()
  /** One word: the last id, of all who share it. */
  readonly #ids: Int32Array

  constructor(tell: (event: ReaderEvent) => void, ids: SharedArrayBuffer | null = null) {
    this.#tell = tell
    this.#ids = new Int32Array(ids ?? createViewIds())
  }

  /** Opens a view; the answer comes after the first slice of matching. Throws `request-invalid` where there are too many. */
  async open(view: View): Promise<ViewState> {
    if (this.#views.size >= mostViews)
      throw new SwitchyardError('request-invalid', `${mostViews} views are open already.`, { hint: 'Close one first.' })
    const open: OpenView = {
      id: Atomics.add(this.#ids, 0, 1) + 1,
      view,
      closing: new AbortController(),
      matching: false,
      again: false,
      acknowledged: true,
      told: '',
      toldAtMs: performance.now()
    }
    this.#views.set(open.id, open)
    const matched = this.#advance(open)
    await Promise.race([matched, new Slices(open.closing.signal).pause()]).catch((thrown: unknown) => {
      this.#views.delete(open.id)
      throw thrown
    })
    open.told = fingerprint(open)
    return stateOf(open)
  }

  window(id: number, first: number, count: number): ViewWindow {
    const open = this.#get(id)
    const from = Math.max(0, Math.floor(first))
    return { ...stateOf(open), first: from, rows: open.view.rows(from, Math.min(Math.max(0, Math.floor(count)), largestWindow)) }
  }

  indexOf(id: number, rowIds: readonly number[]): readonly (number | null)[] {
    const { view } = this.#get(id)
    return rowIds.map((rowId) => view.indexOf(rowId))
  }

  async find(id: number, text: string | null, from: number, towards: 'later' | 'earlier', signal: AbortSignal): Promise<number | null> {
    const open = this.#get(id)
    const slices = new Slices(AbortSignal.any([signal, open.closing.signal]))
    const holds = text === null ? open.view.wentBadly() : open.view.contains(text, slices)
    const step = towards === 'later' ? 1 : -1
    for (let index = Math.floor(from); index >= 0 && index < open.view.matched; index += step) {
      if (await holds(index)) return index
      if (slices.due) await slices.pause()
    }
    return null
  }

  close(id: number): void {
    this.#get(id).closing.abort(new SwitchyardError('view-unknown', 'The view was closed.'))
    this.#views.delete(id)
  }
  closeAll(): void {
    for (const id of [...this.#views.keys()]) this.close(id)
  }

  ack(id: number): void {
    const open = this.#views.get(id)
    if (open !== undefined) open.acknowledged = true
  }

  /** More was committed: every view looks. */
  committed(): void {
    for (const open of this.#views.values()) void this.#advance(open)
  }

  /** Tells of views that changed and whose last tick was taken. Called on a clock. */
  tick(nowMs: number): void {
    for (const open of this.#views.values()) {
      const now = fingerprint(open)
      if (!open.acknowledged || now === open.told || nowMs - open.toldAtMs < tickMs) continue
      Object.assign(open, { acknowledged: false, told: now, toldAtMs: nowMs })
      this.#tell({ event: 'tick', ...stateOf(open) })
    }
  }

  async #advance(open: OpenView): Promise<void> {
    open.again = true
    if (open.matching) return
    open.matching = true
    try {
      while (open.again) {
        open.again = false
        await open.view.advance(new Slices(open.closing.signal))
      }
    } catch (thrown) {
      if (!open.closing.signal.aborted) throw thrown
    } finally {
      open.matching = false
    }
  }

  #get(id: number): OpenView {
    const open = this.#views.get(id)
    if (open === undefined) throw viewUnknown(id)
    return open
  }
}

function stateOf({ id, view, matching }: OpenView): ViewState {
  return { view: id, total: view.total, matched: view.matched, hidden: view.hidden, looked: view.looked, matching, revision: view.revision }
}
function fingerprint({ view, matching }: OpenView): string {
  return `${view.revision} ${view.total} ${matching}`
}

export function viewUnknown(view: number): SwitchyardError {
  return new SwitchyardError('view-unknown', `There is no view ${view}.`, { hint: 'Open it again: views end with the file they look at.' })
}
