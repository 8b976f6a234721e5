import { describe, it } from 'vitest'
import { answers, bodyRead, clientLeaves, fails, start, switching } from './outcomes.js'
import { handshake, play, requestOf } from './play.js'
import { opened, toySite } from './toy/open.js'

describe('(j) clients of all kinds', () => {
  const ws = toySite({ '/': { to: ['a.test:80'], upgrade: true } })

  it('HTTP/1.0, upgraded: bytes without any head', () => {
    play(opened(ws, { ...handshake('/'), version: 'HTTP/1.0' }), [
      [start, { do: 'send', head: { version: 'HTTP/1.1' } }],
      [switching(), { do: 'tunnel', head: 'none' }]
    ])
  })

  it('a request behind a handshake: the next one after a refusal; after a 101 the dialect never hears of it', () => {
    play(opened(ws, handshake('/')), [
      [start, { do: 'send' }],
      [answers('403 Forbidden\nContent-Length: 0'), { do: 'relay', persist: { keep: true } }]
    ])
    play(opened(ws, requestOf('GET /next HTTP/1.1\nHost: server.example.com'), { request: 2 }), [
      [start, { do: 'send', head: { target: '/next' } }],
      [answers('200 OK\nContent-Length: 0'), { do: 'relay', persist: { keep: true } }]
    ])
  })

  const expecting = requestOf('POST /up HTTP/1.1\nHost: server.example.com\nContent-Length: 5\nExpect: 100-continue')

  it('Expect, passed on: the origin says 100, and the body goes', () => {
    play(opened(ws, expecting), [
      [
        start,
        {
          do: 'send',
          body: 'after100',
          head: { fields: ['Host', 'a.test:80', 'Content-Length', '5', 'Expect', '100-continue', 'X-Forwarded-Host', 'server.example.com'] }
        }
      ],
      [answers('100 Continue'), { do: 'interim', head: 'asReceived' }],
      [answers('201 Created\nContent-Length: 0'), { do: 'relay', head: { status: 201 } }]
    ])
  })

  it('Expect, refused: the answer goes out, the body stays where it is, the connection ends', () => {
    play(opened(ws, expecting), [
      [start, { do: 'send', body: 'after100' }],
      [answers('417 Expectation Failed\nContent-Length: 0'), { do: 'relay', requestBody: 'stop', persist: { keep: false } }]
    ])
  })

  it('Expect, answered here: 100 at once, and the origin hears nothing of it', () => {
    const site = toySite({ '/': { to: ['a.test:80'], expect: 'self', bufferBytes: 1024 } })
    play(opened(site, expecting), [
      [start, { do: 'readBody', continue: { status: 100, fields: [] } }],
      [
        bodyRead(5, true),
        {
          do: 'send',
          body: 'replay',
          head: { fields: ['Host', 'a.test:80', 'Content-Length', '5', 'X-Forwarded-Host', 'server.example.com'] }
        }
      ]
    ])
  })

  const slow = requestOf('GET /slow HTTP/1.1\nHost: server.example.com')

  it('one that leaves while the origin thinks: it ends, or the answer is awaited all the same, or nobody looks', () => {
    play(opened(toySite({ '/': { to: ['a.test:80'], clientGone: 'close' } }), slow), [
      [start, { do: 'send', watchClient: true }],
      [clientLeaves('rst'), { do: 'close', how: 'silent' }]
    ])
    play(opened(toySite({ '/': { to: ['a.test:80'], clientGone: 'carryOn' } }), slow), [
      [start, { do: 'send', watchClient: true }],
      [clientLeaves('fin'), { do: 'carryOn' }],
      [answers('200 OK\nContent-Length: 0'), { do: 'relay' }]
    ])
    play(opened(toySite({ '/': { to: ['a.test:80'] } }), slow), [[start, { do: 'send', watchClient: false }]])
  })

  it('one that leaves in the middle of its body', () => {
    play(opened(toySite({ '/': { to: ['a.test:80'] } }), requestOf('POST / HTTP/1.1\nHost: x\nContent-Length: 5')), [
      [start, { do: 'send', body: 'relay' }],
      [fails('bodyCutShort', { bodyReplayable: false }), { do: 'close', how: 'fin' }]
    ])
  })
})
