import { expect } from 'vitest'
import { Connection } from '../../../renderer/state/connection.svelte.js'
import type { LineHandlers } from '../../../renderer/state/line.js'
import type { Events, Replies, RequestMessage } from '../../../shared/contract.js'

export interface ScriptedRow {
  readonly id: number
}
interface Asked {
  readonly filter?: string
  readonly view?: number
  readonly first?: number
  readonly count?: number
  readonly rows?: readonly number[]
}

/** A host of lists whose answers wait until the test gives them: the order of messages is what matters here. */
export class ScriptedHost {
  readonly asked: RequestMessage[] = []
  /** By filter; of a filter that there isn't: none. */
  readonly lists: Record<string, readonly ScriptedRow[]> = {}
  /** What else it is asked for, by the name of the request. */
  readonly replies: Partial<Replies> = {}
  readonly connection: Connection
  #handlers!: LineHandlers
  readonly #filters: string[] = []

  constructor(...ids: readonly number[]) {
    this.rows = rowsOf(...ids)
    this.connection = new Connection((handlers) => {
      this.#handlers = handlers
      queueMicrotask(() => handlers.opened())
      return { send: (message) => void this.asked.push(message), close: () => {} }
    })
    this.connection.start()
  }

  /** Of the list without a filter. */
  get rows(): readonly ScriptedRow[] {
    return this.lists[''] ?? []
  }
  set rows(rows: readonly ScriptedRow[]) {
    this.lists[''] = rows
  }

  /** Answers the oldest open request, which must be of this name, and lets the page go on. @returns what it asked for */
  async answer(name: RequestMessage['request']): Promise<Asked> {
    await settled()
    const asked = this.asked.shift()
    expect(asked?.request).toBe(name)
    const { id, params } = asked as RequestMessage
    this.#handlers.message({ id, ok: true, reply: this.#replyTo(name, params as Asked) } as never)
    await settled()
    return params as Asked
  }
  async refuse(name: RequestMessage['request'], code: 'filter-invalid' | 'view-unknown', message: string): Promise<void> {
    await settled()
    const asked = this.asked.shift()
    expect(asked?.request).toBe(name)
    this.#handlers.message({ id: (asked as RequestMessage).id, ok: false, error: { code, message } })
    await settled()
  }
  async tick(view: number): Promise<void> {
    this.#handlers.message({ event: 'view.tick', data: this.#state(view) })
    await settled()
  }
  log(level: Events['log']['level']): void {
    const data = { level, source: 'server', code: '', message: '', atUs: 0, exchange: 0, connection: 0 } as const
    this.#handlers.message({ event: 'log', data })
  }
  /** A list that is new is answered until it has its rows. */
  async open(): Promise<void> {
    await this.answer('hello')
    await this.answer('view.open')
    await this.answer('view.window')
  }
  /** The line is lost, and stands again at once; the host forgets its views, not their numbers. */
  async comeBack(): Promise<void> {
    this.asked.length = 0
    this.#handlers.closed(1006, '')
    this.connection.retry()
    await this.answer('hello')
  }

  #replyTo(name: RequestMessage['request'], { filter = '', view = 0, first = 0, count = 0, rows = [] }: Asked): unknown {
    if (name in this.replies) return this.replies[name]
    if (name === 'hello') return { home: '/home/me', command: ['switchyard'], data: [] }
    if (name === 'view.open') return this.#state(this.#filters.push(filter))
    if (name === 'view.indexOf') return { indexes: rows.map((row) => this.#indexOf(view, row)) }
    return { ...this.#state(view), first, rows: this.#rowsOf(view).slice(first, first + count) }
  }
  #indexOf(view: number, row: number): number | null {
    const index = this.#rowsOf(view).findIndex(({ id }) => id === row)
    return index < 0 ? null : index
  }
  #rowsOf(view: number): readonly ScriptedRow[] {
    return this.lists[this.#filters[view - 1] ?? ''] ?? []
  }
  #state(view: number) {
    const rows = this.#rowsOf(view).length
    return { view, total: this.rows.length, matched: rows, hidden: 0, looked: this.rows.length, matching: false, revision: rows }
  }
}

export function rowsOf(...ids: readonly number[]): ScriptedRow[] {
  return ids.map((id) => ({ id }))
}
/** 1 to n. */
export function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, at) => at + 1)
}
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
