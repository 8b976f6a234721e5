import { describe, it } from 'vitest'
import { answers, fails, start, switching } from './outcomes.js'
import { handshake, play, requestOf } from './play.js'
import { opened, toySite } from './toy/open.js'

describe('(a) an upgrade that is answered 200, 101, and refused', () => {
  const site = () => toySite({ '/ws/': { to: ['a.test:80'], upgrade: true, retryMs: 60_000 } })

  it('goes out as an upgrade and is relayed where the origin would rather answer', () => {
    play(opened(site(), handshake('/ws/chat')), [
      [start, { do: 'send', body: 'none', head: { target: '/ws/chat', fields: sentFields } }],
      [
        answers('200 OK\nConnection: keep-alive\nContent-Length: 2'),
        { do: 'relay', head: { status: 200, fields: ['Content-Length', '2'] }, persist: { keep: true } }
      ]
    ])
  })

  it('becomes a tunnel on 101', () => {
    play(opened(site(), handshake('/ws/chat')), [
      [start, { do: 'send' }],
      [switching(), { do: 'tunnel', head: { status: 101 }, idle: { ms: 0 }, halfClose: { fromClient: 'pass', fromServer: 'pass' } }]
    ])
  })

  it('takes no 101 that it did not ask for', () => {
    play(opened(site(), requestOf('GET /ws/chat HTTP/1.1\nHost: server.example.com')), [
      [start, { do: 'send', head: { fields: ['Host', 'a.test:80', 'X-Forwarded-Host', 'server.example.com'] } }],
      [switching(), { do: 'respond', head: { status: 502 }, persist: { keep: false } }]
    ])
  })

  it('leaves an origin that refused alone until its retry, whoever asks', () => {
    const one = site()
    play(opened(one, handshake('/ws/1')), [
      [start, { do: 'send', to: { host: 'a.test', port: 80 } }],
      [fails('refused'), { do: 'respond', head: { status: 503 } }]
    ])
    play(opened(one, handshake('/ws/2')), [[start, { do: 'respond', head: { status: 503 } }]], 59_999)
    play(
      opened(one, handshake('/ws/3')),
      [
        [start, { do: 'send', to: { host: 'a.test', port: 80 } }],
        [switching(), { do: 'tunnel' }]
      ],
      60_001
    )
  })
})

const sentFields = [
  ...['Host', 'a.test:80', 'Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version', '13'],
  ...['X-Forwarded-Host', 'server.example.com', 'Connection', 'Upgrade', 'Upgrade', 'websocket']
]
