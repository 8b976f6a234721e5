import { MessageChannel } from 'node:worker_threads'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SwitchyardError } from '../../shared/errors.js'
import { ThreadLink, serveThread } from '../../shared/thread-link.js'
import type { Handlers } from '../../shared/thread-link.js'

interface Methods {
  add(params: { readonly a: number; readonly b: number }): number
  fail(params: null): never
  stumble(params: null): never
  wait(params: null): string
}
type Event = { readonly event: 'said'; readonly word: string }

/** A link over a real channel, so that messages are cloned as between threads. */
function linked(handlers: Partial<Handlers<Methods>> = {}) {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port1.close())
  const aborted: boolean[] = []
  serveThread<Methods>(port2, {
    add: ({ a, b }) => a + b,
    fail: () => {
      throw new SwitchyardError('port-in-use', 'Port 1 is in use.', { hint: 'Choose another.' })
    },
    stumble: () => {
      throw new TypeError('no such property')
    },
    wait: (_params, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => {
          aborted.push(true)
          reject(new Error('given up'))
        })
      ),
    ...handlers
  })
  return { link: new ThreadLink<Methods, Event>(port1), thread: port2, aborted }
}

describe('ThreadLink', () => {
  it('answers each request once, whatever order the answers come in', async () => {
    let finish: (text: string) => void = () => {}
    const { link } = linked({ wait: () => new Promise((resolve) => (finish = resolve)) })
    const slow = link.ask('wait', null)
    expect(await link.ask('add', { a: 1, b: 2 })).toBe(3)
    finish('done')
    expect(await slow).toBe('done')
  })

  it('brings an error over with its code, message and hint', async () => {
    const { link } = linked()
    await expect(link.ask('fail', null)).rejects.toMatchObject({
      code: 'port-in-use',
      message: 'Port 1 is in use.',
      hint: 'Choose another.'
    })
    await expect(link.ask('fail', null)).rejects.toBeInstanceOf(SwitchyardError)
    await expect(link.ask('stumble', null)).rejects.toMatchObject({ code: 'internal', message: 'no such property' })
  })

  it('refuses a method that the thread does not have, names of Object.prototype among them', async () => {
    const { link } = linked()
    for (const name of ['nothing', 'constructor', 'toString']) {
      await expect(link.ask(name as 'fail', null)).rejects.toMatchObject({ code: 'request-invalid' })
    }
  })

  it('gives up a long request: the handler hears it, the asker gets request-cancelled', async () => {
    const { link, aborted } = linked()
    const giveUp = new AbortController()
    const asked = link.ask('wait', null, giveUp.signal)
    giveUp.abort()
    await expect(asked).rejects.toMatchObject({ code: 'request-cancelled' })
    expect(aborted).toEqual([true])
    await expect(link.ask('wait', null, AbortSignal.abort())).rejects.toMatchObject({ code: 'request-cancelled' })
  })

  it('hands on events, and takes a late answer to nothing calmly', async () => {
    const { link, thread } = linked()
    const heard = new Promise((resolve) => (link.onEvent = resolve))
    thread.postMessage({ id: 999, ok: 'nobody asked' })
    thread.postMessage({ event: 'said', word: 'hello' })
    expect(await heard).toEqual({ event: 'said', word: 'hello' })
  })

  it('fails what is open and what comes later once its thread is gone, with the first cause', async () => {
    const { link } = linked()
    const open = link.ask('wait', null)
    link.break(new SwitchyardError('thread-failed', 'out of memory'))
    link.break(new SwitchyardError('thread-failed', 'exit code 1'))
    await expect(open).rejects.toMatchObject({ message: 'out of memory' })
    await expect(link.ask('add', { a: 1, b: 1 })).rejects.toMatchObject({ code: 'thread-failed', message: 'out of memory' })
  })

  it('rejects what cannot be cloned, and goes on', async () => {
    const { link } = linked()
    await expect(link.ask('add', { a: (() => 1) as unknown as number, b: 1 })).rejects.toThrow(/clone/)
    expect(await link.ask('add', { a: 1, b: 1 })).toBe(2)
  })
})
