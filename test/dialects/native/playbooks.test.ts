import { describe, expect, it } from 'vitest'
import type { NativeRoute } from '../../../main/dialects/native/index.js'
import type { Account, Step } from '../../../shared/steps.js'
import { answers, attempt, start, switching } from '../../playbooks/outcomes.js'
import { handshake, play, requestOf } from '../../playbooks/play.js'
import { opened, site } from './config.js'

const one = (route: Partial<NativeRoute>) => site({ routes: [{ match: '/', to: 'http://origin.test:3000', ...route }] })
const get = (target: string, ...fields: string[]) => requestOf(`GET ${target} HTTP/1.1\nHost: app.test:8080\n${fields.join('\n')}`)
const forwarded = ['X-Forwarded-For', '192.0.2.7', 'X-Forwarded-Proto', 'http', 'X-Forwarded-Host', 'server.example.com']
const wsFields = ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version', '13']

describe('a WebSocket through a native route', () => {
  it('goes out as a handshake, to ws and http alike, and becomes a tunnel as the origin wrote it', () => {
    for (const to of ['ws://origin.test:3000', 'http://origin.test:3000']) {
      play(opened(one({ to }), handshake('/chat?room=1')), [
        [
          start,
          {
            do: 'send',
            to: { host: 'origin.test', port: 3000, tls: null },
            head: {
              method: 'GET',
              target: '/chat?room=1',
              version: 'HTTP/1.1',
              fields: ['Host', 'server.example.com', ...wsFields, ...forwarded, 'Connection', 'Upgrade', 'Upgrade', 'websocket']
            },
            body: 'none',
            answer: 'client',
            timeouts: { connectMs: 5000, headMs: 60_000, readMs: 0, sendMs: 0 },
            watchClient: true
          }
        ],
        [switching(), { do: 'tunnel', head: 'asReceived', idle: { ms: 0 }, halfClose: { fromClient: 'pass', fromServer: 'pass' } }]
      ])
    }
  })

  it('is a plain request where the route upgrades nothing, or the client does not name Upgrade in Connection', () => {
    const plain = { do: 'send', head: { fields: ['Host', 'server.example.com', ...wsFields, ...forwarded] } } as const
    play(opened(one({ upgrade: 'none' }), handshake('/')), [[start, plain]])
    const mute = requestOf(`GET / HTTP/1.1\nHost: server.example.com\nUpgrade: websocket\n${lines(wsFields)}`)
    play(opened(one({}), mute), [[start, plain]])
    play(opened(one({}), { ...handshake('/'), version: 'HTTP/1.0' }), [[start, plain]])
  })

  it('asks for websocket alone out of a list, and for all of it where any may be asked', () => {
    const list = requestOf('GET / HTTP/1.1\nHost: h\nConnection: Upgrade, HTTP2-Settings\nUpgrade: h2c, WebSocket\nHTTP2-Settings: AAM')
    const sent = (upgrade: 'websocket' | 'any') =>
      (opened(one({ upgrade }), list).next(start, 0) as Extract<Step, { do: 'send' }>).head.fields
    expect(sent('websocket').slice(2)).toEqual([...forwardedTo('h'), 'Connection', 'Upgrade', 'Upgrade', 'WebSocket'])
    expect(sent('any').slice(2)).toEqual([
      ...['HTTP2-Settings', 'AAM', ...forwardedTo('h')],
      ...['Connection', 'Upgrade, HTTP2-Settings', 'Upgrade', 'h2c, WebSocket']
    ])
  })

  it('is a 502 in words where the origin switches to something else, or unasked', () => {
    const exchange = opened(one({}), handshake('/'))
    play(exchange, [
      [start, { do: 'send' }],
      [
        switching('foo'),
        {
          do: 'respond',
          head: { status: 502 },
          body: [page('502 Bad Gateway\nhttp://origin.test:3000 switched to foo, but websocket was asked for.\n')]
        }
      ]
    ])
    expect(exchange.end(account, 0).log.map(({ code }) => code)).toEqual(['origin-unexpected-upgrade'])
    play(opened(one({}), get('/')), [
      [start, { do: 'send' }],
      [switching(), { do: 'respond', head: { status: 502 } }]
    ])
  })

  it('takes a refusal as an answer, and a 426 keeps its Upgrade', () => {
    play(opened(one({}), handshake('/')), [
      [start, { do: 'send' }],
      [
        answers('426 Upgrade Required\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13\nContent-Length: 0'),
        {
          do: 'relay',
          head: { fields: ['Upgrade', 'websocket', 'Sec-WebSocket-Version', '13', 'Content-Length', '0', 'Connection', 'Upgrade'] },
          persist: { keep: true }
        }
      ]
    ])
  })

  it('has its 101 changed where the route says so, and closes after its idle time', () => {
    play(opened(one({ responseHeaders: { set: { 'X-Served': 'here' } }, timeouts: { idleMs: 1500 } }), handshake('/')), [
      [start, { do: 'send' }],
      [switching(), { do: 'tunnel', head: { status: 101, fields: [...switching().head.fields, 'X-Served', 'here'] }, idle: { ms: 1500 } }]
    ])
  })
})

describe('paths', () => {
  it.each([
    ['/ws/', 'ws://o', '/ws/chat?a=1', '/ws/chat?a=1'],
    ['/ws/', 'ws://o/', '/ws/chat?a=1', '/chat?a=1'],
    ['/ws/', 'ws://o/', '/ws/', '/'],
    ['/ws', 'ws://o/app', '/ws', '/app'],
    ['/ws', 'ws://o/app', '/ws/chat', '/app/chat'],
    ['/ws', 'ws://o/app/', '/ws', '/app/'],
    ['/ws', 'ws://o/app/', '/ws/chat', '/app/chat'],
    ['/ws/', 'ws://o/app', '/ws/chat', '/app/chat'],
    ['/', 'ws://o/app', '/ws//x%2Fy/../z', '/app/ws//x%2Fy/../z']
  ])('%s to %s asks for %s as %s', (match, to, asked, expected) => {
    play(opened(one({ match, to }), get(asked)), [[start, { do: 'send', head: { target: expected } }]])
  })

  it('keep or lose the prefix where it is said', () => {
    play(opened(one({ match: '/api', stripPrefix: true }), get('/api/users?x')), [[start, { do: 'send', head: { target: '/users?x' } }]])
    play(opened(one({ match: '/api', stripPrefix: true }), get('/api')), [[start, { do: 'send', head: { target: '/' } }]])
    play(opened(one({ match: '/api', to: 'ws://o/base/', stripPrefix: false }), get('/api/u')), [
      [start, { do: 'send', head: { target: '/base/api/u' } }]
    ])
  })

  it('are taken out of an absolute target, whose authority counts (RFC 9112 §3.2.2)', () => {
    const absolute = requestOf('GET http://other.test/x?y HTTP/1.1\nHost: app.test')
    play(opened(one({}), absolute), [
      [start, { do: 'send', head: { target: '/x?y', fields: ['Host', 'other.test', ...forwardedTo('other.test')] } }]
    ])
    for (const line of ['OPTIONS *', 'CONNECT app.test:443', 'GET http://user@app.test/', 'GET http:///x'])
      play(opened(one({}), requestOf(`${line} HTTP/1.1\nHost: app.test`)), [[start, { do: 'respond', head: { status: 400 } }]])
  })
})

describe('routes', () => {
  const many = site({
    routes: [
      { match: '/', to: 'http://all' },
      { match: '/ws', to: 'http://segments' },
      { match: '/ws/deep/', to: 'http://deep' },
      { match: '/ws', host: '*.app.test', to: 'http://wild' },
      { match: '/ws', host: 'one.app.test', to: 'http://exact' }
    ]
  })
  const originOf = (target: string, host = 'other.test') => {
    const step = opened(many, requestOf(`GET ${target} HTTP/1.1\nHost: ${host}`)).next(start, 0)
    return step.do === 'send' ? step.to.host : step.do
  }

  it('win by the longest prefix in whole segments, then by host', () => {
    expect(['/', '/wsx', '/ws', '/ws?q', '/ws/', '/ws/deep', '/ws/deep/', '/ws/deep/x'].map((path) => originOf(path))).toEqual([
      ...['all', 'all', 'segments', 'segments', 'segments', 'segments', 'deep', 'deep']
    ])
    expect(['one.APP.test:8080', 'two.app.test', 'a.b.app.test', 'app.test', 'xapp.test'].map((host) => originOf('/ws', host))).toEqual([
      ...['exact', 'wild', 'wild', 'segments', 'segments']
    ])
  })

  it('answer 404 in words where none matches', () => {
    play(opened(one({ match: '/ws' }), get('/x')), [
      [
        start,
        {
          do: 'respond',
          head: { status: 404, fields: ['Content-Type', 'text/plain; charset=utf-8', 'Content-Length', '52'] },
          body: [page('404 Not Found\nNo route matches /x on app.test:8080.\n')]
        }
      ]
    ])
  })
})

describe('fields of a request', () => {
  it('lose what belongs to the connection, and what Connection nominates, but nothing end to end', () => {
    const request = get(
      '/',
      'Connection: keep-alive, X-Hop, Authorization',
      'Keep-Alive: timeout=5',
      'X-Hop: 1',
      'Proxy-Connection: x',
      'TE: trailers',
      'Trailer: A',
      'Authorization: b'
    )
    play(opened(one({}), request), [
      [start, { do: 'send', head: { fields: ['Host', 'app.test:8080', 'Authorization', 'b', ...forwardedTo('app.test:8080')] } }]
    ])
  })

  it('say the length of the body once', () => {
    const request = get('/', 'Content-Length: 2', 'content-length: 2')
    play(opened(one({}), request), [
      [start, { do: 'send', head: { fields: ['Host', 'app.test:8080', 'Content-Length', '2', ...forwardedTo('app.test:8080')] } }]
    ])
  })

  it('say whose request it is: For is appended, Proto and Host are ours', () => {
    const request = get('/', 'X-Forwarded-For: 10.0.0.1', 'X-Forwarded-Proto: gopher', 'X-Forwarded-For: 10.0.0.2')
    const tls = { serverName: 'app.test', protocol: 'TLSv1.3', cipher: 'x', alpn: null, clientCertificate: null }
    const step = opened(one({}), request, { tls }).next(start, 0) as Extract<Step, { do: 'send' }>
    expect(step.head.fields.slice(2)).toEqual([
      ...['X-Forwarded-For', '10.0.0.1, 10.0.0.2, 192.0.2.7', 'X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'app.test:8080']
    ])
  })

  it('are removed, set in their place, and added', () => {
    const edits = { remove: ['cookie', 'X-Forwarded-For'], set: { Accept: 'text/plain', 'X-New': '1' }, add: { 'X-Twice': 'b' } }
    const step = opened(one({ requestHeaders: edits }), get('/', 'Accept: a', 'Cookie: c', 'X-Twice: a', 'accept: b')).next(start, 0)
    expect(step.do === 'send' && step.head.fields).toEqual([
      ...['Host', 'app.test:8080', 'Accept', 'text/plain', 'X-Twice', 'a', 'X-Forwarded-Proto', 'http'],
      ...['X-Forwarded-Host', 'app.test:8080', 'X-New', '1', 'X-Twice', 'b']
    ])
  })

  it('name the origin’s host for TLS origins, or where the route says so', () => {
    const hostSent = (route: Partial<NativeRoute>) => {
      const step = opened(one(route), get('/')).next(start, 0)
      return step.do === 'send' && step.head.fields[1]
    }
    expect(hostSent({ to: 'https://api.test/' })).toBe('api.test')
    expect(hostSent({ to: 'wss://api.test:8443' })).toBe('api.test:8443')
    expect(hostSent({ to: 'https://api.test/', preserveHost: true })).toBe('app.test:8080')
    expect(hostSent({ preserveHost: false })).toBe('origin.test:3000')
  })
})

describe('TLS to an origin', () => {
  const tlsOf = (route: Partial<NativeRoute>) => {
    const step = opened(one(route), get('/')).next(start, 0)
    return step.do === 'send' ? step.to.tls : null
  }
  it('is checked in every way by default, against the system’s authorities', () => {
    expect(tlsOf({ to: 'wss://api.test' })).toMatchObject({
      serverName: 'api.test',
      checkName: 'api.test',
      verify: { caFile: '/etc/ssl/certs/ca-certificates.crt' },
      checkExpiry: true
    })
    expect(tlsOf({ to: 'https://127.0.0.1:8443' })).toMatchObject({ serverName: null, checkName: '127.0.0.1', addressNames: true })
  })
  it('is checked as the route says', () => {
    const verify = { chain: false, name: false, expiry: false, serverName: 'inner.test' }
    expect(tlsOf({ to: 'wss://api.test', verify })).toMatchObject({
      serverName: 'inner.test',
      checkName: null,
      verify: null,
      checkExpiry: false
    })
    expect(tlsOf({ to: 'wss://api.test', verify: { caFile: 'ca.pem' } })).toMatchObject({ verify: { caFile: '/srv/ca.pem' } })
  })
})

function forwardedTo(host: string): string[] {
  return ['X-Forwarded-For', '192.0.2.7', 'X-Forwarded-Proto', 'http', 'X-Forwarded-Host', host]
}
function page(text: string): Buffer {
  return Buffer.from(text)
}
function lines(fields: readonly string[]): string {
  return fields.map((field, i) => (i % 2 === 0 ? `${field}: ` : `${field}\n`)).join('')
}
const account: Account = {
  status: 502,
  startedAtUs: 0,
  endedAtUs: 0,
  requestBytes: 0,
  responseBytes: 0,
  attempts: [attempt()],
  tunnel: null,
  ended: 'failed'
}
