import { describe, expect, it } from 'vitest'
import type { Account, Attempt } from '../../shared/steps.js'
import { answers, attempt, fails, start } from './outcomes.js'
import { beginsAtUs, faultOf, play, requestOf } from './play.js'
import { opened, toySite } from './toy/open.js'

describe('(k) log lines', () => {
  const account = (attempts: readonly Attempt[], more: Partial<Account> = {}): Account => ({
    status: 200,
    startedAtUs: beginsAtUs,
    endedAtUs: beginsAtUs + 42_000,
    requestBytes: 61,
    responseBytes: 137,
    responseBodyBytes: 12,
    attempts,
    tunnel: null,
    ended: 'complete',
    ...more
  })

  it('name bytes, times, and the addresses of two attempts', () => {
    const exchange = opened(
      toySite({ '/': { to: ['a.test:80', 'b.test:80'], tryNextOn: ['failure'] } }, { log: true }),
      requestOf('GET /x HTTP/1.1\nHost: server.example.com')
    )
    const first = attempt({ address: '10.0.0.1:80', status: 0, connectedAtUs: 0, headAtUs: 0, endedAtUs: beginsAtUs + 9000 })
    const second = attempt({ address: '10.0.0.2:80', status: 200, endedAtUs: beginsAtUs + 40_000 })
    play(exchange, [
      [start, { do: 'send', to: { host: 'a.test' } }],
      [fails('refused', first, { message: '10.0.0.1:80 refused the connection' }), { do: 'send', to: { host: 'b.test' } }],
      [answers('200 OK\nContent-Length: 12', second), { do: 'relay' }]
    ])
    expect(exchange.end(account([first, second])).log).toEqual([
      { level: 'error', source: 'server', code: 'toy-refused', message: '10.0.0.1:80 refused the connection' },
      {
        level: 'info',
        source: 'access',
        code: 'access',
        message: '192.0.2.7 "GET /x HTTP/1.1" 200 in=61 out=137 body=12 42ms [10.0.0.1:80 0 -/-/9ms, 10.0.0.2:80 200 1ms/5ms/40ms] complete'
      }
    ])
  })

  it('name what could be read of a request that is none, and how it ended', () => {
    const exchange = opened(toySite({}, { log: true }), faultOf('timedOut', { method: 'GET' }))
    play(exchange, [[start, { do: 'respond', head: { status: 400 }, persist: { keep: false } }]])
    expect(exchange.end(account([], { status: 400, ended: 'timedOut' })).log.map((entry) => entry.message)).toEqual([
      '192.0.2.7 "GET" 400 in=61 out=137 body=12 42ms [] timedOut'
    ])
  })
})
