import { describe, expect, it } from 'vitest'
import { Connection } from '../../../renderer/state/connection.svelte.js'
import type { LineHandlers } from '../../../renderer/state/line.js'
import { ListView } from '../../../renderer/state/view.svelte.js'
import type { RequestMessage } from '../../../shared/contract.js'

/** A host of one list, whose answers wait until the test gives them: the order of messages is what matters here. */
class ScriptedHost {
  readonly asked: RequestMessage[] = []
  rows: { id: number }[] = []
  readonly connection: Connection
  #handlers!: LineHandlers
  #views = 0

  constructor() {
    this.connection = new Connection((handlers) => {
      this.#handlers = handlers
      queueMicrotask(() => handlers.opened())
      return { send: (message) => void this.asked.push(message), close: () => {} }
    })
    this.connection.start()
  }

  /** Answers the oldest open request, which must be of this name, and lets the page go on. */
  async answer(name: RequestMessage['request']): Promise<void> {
    await settled()
    const asked = this.asked.shift()
    expect(asked?.request).toBe(name)
    const { id, params } = asked as RequestMessage
    this.#handlers.message({ id, ok: true, reply: this.#replyTo(name, params as { first?: number; count?: number }) } as never)
    await settled()
  }
  async tick(view: number): Promise<void> {
    this.#handlers.message({ event: 'view.tick', data: { ...this.#state(), view } })
    await settled()
  }
  async open(): Promise<void> {
    await this.answer('hello')
    await this.answer('view.open')
  }

  #replyTo(name: string, { first = 0, count = 0 }: { first?: number; count?: number }): unknown {
    if (name === 'hello') return { home: '/home/me' }
    if (name === 'view.open') return { ...this.#state(), view: ++this.#views }
    if (name === 'view.indexOf') return { index: null }
    return { ...this.#state(), first, rows: this.rows.slice(first, first + count) }
  }
  #state() {
    return {
      view: this.#views,
      total: this.rows.length,
      matched: this.rows.length,
      looked: this.rows.length,
      matching: false,
      revision: this.rows.length
    }
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const framesOf = (host: ScriptedHost): ListView<{ id: number }> =>
  new ListView(host.connection, { kind: 'frames', filter: '', exchange: 1 } as never)

describe('a list', () => {
  it('takes a tick, asks for its window, and lets the next one come', async () => {
    const host = new ScriptedHost()
    const list = framesOf(host)
    await host.open()
    await host.answer('view.window')
    expect(list.matched).toBe(0)
    host.rows = [{ id: 1 }]
    await host.tick(1)
    await host.answer('view.window')
    expect(list.rows).toEqual([{ id: 1 }])
    await host.answer('view.ack')
    list.close()
  })

  it('takes a tick that comes before its first window: no other would come', async () => {
    const host = new ScriptedHost()
    const list = framesOf(host)
    await host.open()
    await host.tick(1)
    await host.answer('view.window')
    host.rows = [{ id: 1 }, { id: 2 }]
    await host.answer('view.window')
    expect(list.rows).toEqual([{ id: 1 }, { id: 2 }])
    await host.answer('view.ack')
    list.close()
  })

  it('is deaf to the ticks of others, and to those of the view it left', async () => {
    const host = new ScriptedHost()
    const list = framesOf(host)
    await host.open()
    await host.answer('view.window')
    await host.tick(7)
    expect(host.asked).toEqual([])
    void list.setFilter('dir:in')
    await host.answer('view.open')
    await host.answer('view.window')
    await host.answer('view.close')
    await host.tick(1)
    expect(host.asked).toEqual([])
    list.close()
  })
})
