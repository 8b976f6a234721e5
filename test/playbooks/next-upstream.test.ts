import { describe, it } from 'vitest'
import { answers, bodyRead, fails, start } from './outcomes.js'
import { play, requestOf } from './play.js'
import { opened, toySite } from './toy/open.js'

const post = requestOf('POST /form HTTP/1.1\nHost: server.example.com\nContent-Length: 5')

describe('(b) the next origin after a 502', () => {
  const two = { to: ['a.test:80', 'b.test:80'], tryNextOn: [502, 'failure'] } as const

  it('gets the body once more where it was buffered whole', () => {
    play(opened(toySite({ '/': { ...two, bufferBytes: 1024 } }), post), [
      [start, { do: 'readBody', upToBytes: 1024 }],
      [bodyRead(5, true), { do: 'send', to: { host: 'a.test' }, body: 'replay' }],
      [answers('502 Bad Gateway'), { do: 'send', to: { host: 'b.test' }, body: 'replay', head: { method: 'POST' } }],
      [answers('200 OK\nContent-Length: 0'), { do: 'relay', head: { status: 200 } }]
    ])
  })

  it('is not asked where half of the body has gone: the 502 passes', () => {
    play(opened(toySite({ '/': two }), post), [
      [start, { do: 'send', to: { host: 'a.test' }, body: 'relay' }],
      [
        answers('502 Bad Gateway\nContent-Length: 0', { bodyReplayable: false }),
        { do: 'relay', head: { status: 502 }, requestBody: 'stop', persist: { keep: true } }
      ]
    ])
  })

  it('is asked after a refusal, since not a byte of the body has gone', () => {
    play(opened(toySite({ '/': two }), post), [
      [start, { do: 'send', to: { host: 'a.test' }, body: 'relay' }],
      [fails('refused', { bodyReplayable: true }), { do: 'send', to: { host: 'b.test' }, body: 'relay' }],
      [answers('200 OK\nContent-Length: 0'), { do: 'relay', head: { status: 200 } }]
    ])
  })

  it('is the last: what it answers passes', () => {
    play(opened(toySite({ '/': { ...two, bufferBytes: 1024 } }), post), [
      [start, { do: 'readBody' }],
      [bodyRead(5, true), { do: 'send', to: { host: 'a.test' } }],
      [fails('closedEarly'), { do: 'send', to: { host: 'b.test' } }],
      [answers('502 Bad Gateway\nContent-Length: 0'), { do: 'relay', head: { status: 502 } }]
    ])
  })

  it('relays a body that is larger than the buffer, and then sends it nowhere else', () => {
    play(opened(toySite({ '/': { ...two, bufferBytes: 4 } }), post), [
      [start, { do: 'readBody', upToBytes: 4 }],
      [bodyRead(4, false), { do: 'send', body: 'relay' }],
      [answers('502 Bad Gateway\nContent-Length: 0', { bodyReplayable: false }), { do: 'relay', head: { status: 502 } }]
    ])
  })
})

describe('(d) error_page 502 = @fallback', () => {
  const site = (bufferBytes: number) =>
    toySite({ '/': { to: ['a.test:80'], bufferBytes, errors: { 502: { to: '@fallback' } } }, '@fallback': { to: ['b.test:80'] } })

  it('says the length of a body that is gone, and no body follows', () => {
    play(opened(site(0), post), [
      [start, { do: 'send', to: { host: 'a.test' }, body: 'relay' }],
      [
        answers('502 Bad Gateway', { bodyReplayable: false }),
        {
          do: 'send',
          to: { host: 'b.test' },
          body: 'none',
          head: { method: 'POST', fields: ['Host', 'b.test:80', 'Content-Length', '5', 'X-Forwarded-Host', 'server.example.com'] },
          reuse: null
        }
      ],
      [answers('200 OK\nContent-Length: 2'), { do: 'relay', head: { status: 200 } }]
    ])
  })

  it('sends a buffered body again', () => {
    play(opened(site(1024), post), [
      [start, { do: 'readBody' }],
      [bodyRead(5, true), { do: 'send', to: { host: 'a.test' }, body: 'replay' }],
      [fails('closedEarly'), { do: 'send', to: { host: 'b.test' }, body: 'replay' }]
    ])
  })

  it('is asked once: a fallback that fails as well is answered from here', () => {
    play(opened(site(0), requestOf('GET / HTTP/1.1\nHost: server.example.com')), [
      [start, { do: 'send', to: { host: 'a.test' } }],
      [answers('502 Bad Gateway'), { do: 'send', to: { host: 'b.test' }, body: 'none' }],
      [fails('closedEarly'), { do: 'respond', head: { status: 502 } }]
    ])
  })
})
