import { describe, expect, it } from 'vitest'
import type { Step } from '../../shared/steps.js'
import { answers, clientLeaves, fails, start, switching } from './outcomes.js'
import { handshake, moveThroughGate, play } from './play.js'
import type { Gate } from './play.js'
import { opened, toySite } from './toy/open.js'
import { ToySite } from './toy/site.js'

const locations = { '/ws/': { to: ['a.test:80'], upgrade: true, clientGone: 'close' } } as const

/** What a person does at a breakpoint: adds a field to whatever head goes by. */
const addField: Gate = (_exchange, step) => {
  if (!('head' in step) || typeof step.head === 'string') return step
  return { ...step, head: { ...step.head, fields: [...step.head.fields, 'X-Edited', 'yes'] } } as Step
}

describe('(g) a handshake that is held and edited', () => {
  it('goes out edited, and its answer comes in edited: a decision is plain data, so changing one is too', async () => {
    const exchange = opened(toySite(locations), handshake('/ws/'))
    const sent = await moveThroughGate(exchange, start, addField)
    expect(sent.do === 'send' && sent.head.fields.slice(-4)).toEqual(['Upgrade', 'websocket', 'X-Edited', 'yes'])
    const joined = await moveThroughGate(exchange, switching(), addField)
    expect(joined).toMatchObject({ do: 'tunnel', head: { status: 101 } })
    expect(joined.do === 'tunnel' && typeof joined.head === 'object' && joined.head.fields.slice(-2)).toEqual(['X-Edited', 'yes'])
  })

  it('shows the head that would pass as received', async () => {
    const exchange = opened(toySite(locations), handshake('/ws/'))
    await moveThroughGate(exchange, start, (_, step) => step)
    const early = answers('103 Early Hints\nLink: </a.css>')
    expect(await moveThroughGate(exchange, early, addField)).toMatchObject({
      do: 'interim',
      head: { status: 103, fields: ['Link', '</a.css>', 'X-Edited', 'yes'] }
    })
  })

  it('can be answered at the breakpoint instead, without a word of the dialect', async () => {
    const refusal: Step = {
      do: 'respond',
      head: answers('403 Forbidden\nContent-Length: 0').head,
      body: [],
      persist: { keep: true, idleMs: 0, headMs: 0 }
    }
    expect(await moveThroughGate(opened(toySite(locations), handshake('/ws/')), start, () => Promise.resolve(refusal))).toBe(refusal)
  })

  it('is let go when the client leaves while it is held', async () => {
    const exchange = opened(toySite(locations), handshake('/ws/'))
    let letGo = (_: Step): void => {}
    const held = moveThroughGate(exchange, start, () => new Promise((resolve) => (letGo = resolve)))
    // The engine takes what the client's leaving asks for, and drops the step that was held.
    play(exchange, [[clientLeaves('rst'), { do: 'close', how: 'silent' }]])
    letGo({ do: 'carryOn' })
    expect(await held).toEqual({ do: 'carryOn' })
  })
})

describe('(h) a reload between a request and its answer', () => {
  const old = {
    listen: [{ port: 8080 }],
    locations: { '/': { to: ['a.test:80'], retryMs: 60_000, fields: ['X-Config', '1'], upgrade: true } }
  }
  const next = {
    listen: [{ port: 8080 }],
    locations: { '/': { to: ['a.test:80', 'b.test:80'], fields: ['X-Config', '2'], upgrade: true } }
  }

  it('lets an exchange end under the config that it began with', () => {
    const first = new ToySite(old, 1)
    const before = opened(first, handshake('/'))
    play(before, [[start, { do: 'send', to: { host: 'a.test' } }]])
    const second = new ToySite(next, 2, first.state)
    play(before, [[answers('200 OK\nContent-Length: 0'), { do: 'relay', head: { fields: ['Content-Length', '0', 'X-Config', '1'] } }]])
    expect(before.decision().generation).toBe(1)
    const after = opened(second, handshake('/'))
    play(after, [
      [start, { do: 'send', to: { host: 'a.test' } }],
      [answers('200 OK\nContent-Length: 0'), { do: 'relay', head: { fields: ['Content-Length', '0', 'X-Config', '2'] } }]
    ])
    expect(after.decision().generation).toBe(2)
  })

  it('hands over what is known of origins, also what the old config learns after it', () => {
    const first = new ToySite(old, 1)
    const before = opened(first, handshake('/'))
    play(before, [[start, { do: 'send' }]])
    const second = new ToySite(next, 2, first.state)
    play(before, [[fails('refused'), { do: 'respond', head: { status: 503 } }]])
    play(opened(second, handshake('/')), [[start, { do: 'send', to: { host: 'b.test' } }]])
  })
})
