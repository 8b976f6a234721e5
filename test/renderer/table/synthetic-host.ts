import { contractVersion } from '../../../shared/contract.js'
import type { Params, RequestName, ServerMessage } from '../../../shared/contract.js'
import type { FrameRow, ViewState } from '../../../shared/rows.js'
import type { Dial } from '../../../renderer/state/line.js'

const from = 1_795_871_000_000_000

/** The frame at a place of a tunnel that never was. */
export function frameAt(id: number): FrameRow {
  const length = 20 + ((id * 7919) % 4000)
  return {
    id,
    number: id >> 1,
    from: id % 2 === 0 ? 'client' : 'server',
    atUs: from + id * 1300 + ((id * 31) % 900),
    fin: true,
    rsv: 4,
    opcode: id % 97 === 0 ? 9 : 1,
    maskKey: id % 2 === 0 ? 0x37fa213d : null,
    length,
    stored: length,
    inflated: length * 2,
    compressed: true,
    incomplete: false,
    heartbeat: id % 97 === 0,
    trouble: null,
    inflate: 'done',
    preview: `42["message",{"channel":"release","id":${id},"text":"uploading the flame graph"}]`,
    gapBefore: id % 1000 === 999 ? { lostFrames: 1204, lostBytes: 88_000, fromClient: { lostFrames: 0, lostBytes: 0 } } : null
  }
}

/**
 * Stands in for a host that has one view of `count` synthetic frames: no store is behind it. Replies come after `delayMs`, as clones,
 * as a port would bring them. `grow` adds rows and ticks once.
 */
export class SyntheticHost {
  count: number
  delayMs = 2
  readonly asked: { name: RequestName; params: unknown }[] = []
  #send: (message: ServerMessage) => void = () => {}
  #revision = 1
  #views = 0
  /** Rows put in before all others: ids below 0 are not used, so they come from the end. */
  #above = 0

  constructor(count: number) {
    this.count = count
  }

  readonly dial: Dial = (handlers) => {
    this.#send = (message) => void setTimeout(() => handlers.message(structuredClone(message)), this.delayMs)
    queueMicrotask(() => handlers.opened())
    return {
      send: ({ id, request, params }) => {
        this.asked.push({ name: request, params })
        this.#send({ id, ok: true, reply: this.#answer(request, params) as never })
      },
      close: () => {}
    }
  }

  grow(rows: number): void {
    this.count += rows
    this.#tick()
  }
  /** Rows come in above all others: what a list with the newest first does. */
  growAbove(rows: number): void {
    this.count += rows
    this.#above += rows
    this.#tick()
  }

  #tick(): void {
    this.#revision++
    this.#send({ event: 'view.tick', data: this.#state(this.#views) })
  }
  #state(view: number): ViewState {
    return { view, total: this.count, matched: this.count, hidden: 0, looked: this.count, matching: false, revision: this.#revision }
  }
  #idAt(index: number): number {
    return index < this.#above ? this.count - 1 - index : index - this.#above
  }
  #answer(name: RequestName, params: Params<RequestName>): unknown {
    if (name === 'hello') return { version: contractVersion, product: 'Switchyard', home: '', command: ['switchyard'], data: [] }
    if (name === 'view.open') return this.#state(++this.#views)
    if (name === 'view.indexOf') return { indexes: (params as Params<'view.indexOf'>).rows.map((row) => row + this.#above) }
    if (name !== 'view.window') return null
    const { view, first, count } = params as Params<'view.window'>
    const rows = Array.from({ length: Math.max(0, Math.min(count, this.count - first)) }, (_, at) => frameAt(this.#idAt(first + at)))
    return { ...this.#state(view), first, rows }
  }
}
