import { describe, expect, it } from 'vitest'
import { endedByWords, tunnelEnd } from '../../../renderer/views/traffic/detail/tunnel-end.js'
import { dotOf, statusOf } from '../../../renderer/views/traffic/exchanges/exchange-words.js'
import { leftUnanswered, wentBadly } from '../../../shared/went-badly.js'
import { ended, exchange } from './rows.js'

describe('The end of a tunnel', () => {
  it('is nothing while it is open', () => {
    expect(tunnelEnd(exchange())).toBeNull()
  })
  it('is neutral where it was meant so', () => {
    expect(tunnelEnd(ended(178, { closeClient: 1000, closeServer: 1000, endedBy: 'server' }))).toEqual({
      tone: 'neutral',
      code: 1000,
      title: '1000 Normal closure',
      says: 'both sides closed in order, after 2 m 58 s'
    })
    expect(tunnelEnd(ended(1, { ended: 'stopped', endedBy: 'stopped' }))).toMatchObject({
      tone: 'neutral',
      says: 'closed from here, after 1.00 s'
    })
  })
  it('is bad where a code says so, or there was none', () => {
    expect(tunnelEnd(ended(1, { closeServer: 1009 }))).toMatchObject({
      tone: 'bad',
      code: 1009,
      title: '1009 Message too big, not answered',
      says: 'from the backend, not answered by the client: an unclean end, which is 1006 to the backend, after 1.00 s'
    })
    expect(tunnelEnd(ended(60, { ended: 'idle', endedBy: 'idle' }))).toMatchObject({
      tone: 'bad',
      code: 1006,
      title: '1006 no Close frame'
    })
    expect(tunnelEnd(ended(1, { endedBy: 'client' }))?.says).toBe('the client’s connection ended, after 1.00 s')
    expect(tunnelEnd(exchange({ state: 'lost', endedAtUs: exchange().openedAtUs }))).toMatchObject({ tone: 'warn', title: 'Lost' })
  })
  it('is unclean, and not failed, where a Close frame that meant well was never answered', () => {
    const unanswered = ended(1, { closeClient: 1000, endedBy: 'server' })
    expect(tunnelEnd(unanswered)).toEqual({
      tone: 'warn',
      code: 1000,
      title: '1000 Normal closure, not answered',
      says: 'from the client, not answered by the backend: an unclean end, which is 1006 to the client, after 1.00 s'
    })
    expect(wentBadly(unanswered)).toBe(false)
    expect(dotOf(unanswered)).toEqual({ tone: 'warn', title: 'Closed, not answered' })
    expect(tunnelEnd(ended(1, { closeServer: 1001, endedBy: 'idle' }))?.says).toMatch(/then nothing passed .*: an unclean end/)
    expect(tunnelEnd(ended(1, { closeServer: 1001, endedBy: 'stopped' }))?.says).toMatch(/before both sides were closed from here/)
    const fine = [
      exchange({ closeClient: 1000 }),
      ended(1, { closeClient: 1000, ended: 'continued' }),
      ended(1, { closeClient: 1000, closeServer: 1001 }),
      ended(1)
    ]
    expect(fine.map(leftUnanswered)).toEqual([null, null, null, null])
  })
  it('is none where a new capture began meanwhile', () => {
    const went = ended(9, { ended: 'continued' })
    expect(tunnelEnd(went)).toMatchObject({ tone: 'neutral', title: 'Went on' })
    expect(statusOf(went)).toBe('101')
    expect(wentBadly(went)).toBe(false)
  })
  it('says who ended it', () => {
    expect(endedByWords(ended(1, { endedBy: 'client' }))).toBe('client')
    expect(endedByWords(ended(1, { endedBy: 'idle' }))).toBe('Switchyard, idle')
    expect(endedByWords(ended(1, { endedBy: 'server' }))).toBe('backend')
    expect(endedByWords(ended(1, { endedBy: 'client', closeServer: 1009 }))).toBe('backend')
    expect(endedByWords(ended(1, { endedBy: 'client', closeServer: 1009, closeClient: 1009 }))).toBeNull()
  })
})
