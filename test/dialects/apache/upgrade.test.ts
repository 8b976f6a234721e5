import { expect, test } from 'vitest'
import {
  account,
  failureOutcome,
  get,
  handshake,
  headOutcome,
  linesOf,
  request,
  responded,
  response,
  second,
  sent,
  siteOf,
  start,
  t0
} from './desk.js'

const config = `
Listen 80
Timeout 10
ProxyPass /ws ws://127.0.0.1:3000/ws timeout=20
ProxyPass /up http://127.0.0.1:3001/up upgrade=websocket
ProxyPass / http://127.0.0.1:3002/ retry=5 status=-I
`
const accepted = response(101, 'Date: now', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Accept: x')

test('(a) upgrade=websocket answered 101: a tunnel, idle for the larger of both timeouts', () => {
  const { exchange, step } = start(siteOf(config), get('/up/x', ...handshake))
  const out = sent(step)
  expect(out.head.target).toBe('/up/x')
  expect(linesOf(out.head.fields).slice(-2)).toEqual(['Connection: Upgrade', 'Upgrade: websocket'])
  const tunnel = exchange.next(headOutcome(accepted, out.to), t0)
  expect(tunnel).toMatchObject({
    do: 'tunnel',
    idle: { ms: 10_000, counts: 'either' },
    halfClose: { fromClient: 'pass', fromServer: 'pass' }
  })
})

test('timeout= of the worker counts where it is longer', () => {
  const { exchange, step } = start(siteOf(config), get('/ws/x', ...handshake))
  const out = sent(step)
  expect(out.timeouts).toEqual({ connectMs: 20_000, headMs: 20_000, readMs: 20_000, sendMs: 20_000 })
  expect(exchange.next(headOutcome(accepted, out.to), t0)).toMatchObject({ idle: { ms: 20_000 } })
})

test('(a) answered 200: passed as it is, the connection stays', () => {
  const { exchange, step } = start(siteOf(config), get('/up/x', ...handshake))
  const relay = exchange.next(headOutcome(response(200, 'Content-Length: 2'), sent(step).to), t0)
  expect(relay).toMatchObject({ do: 'relay', persist: { keep: true, idleMs: 5000 }, head: { status: 200 } })
})

test('101 with another token than asked: 502 that names both', () => {
  const { exchange, step } = start(siteOf(config), get('/up', ...handshake.slice(1), 'Upgrade: websocket, foo'))
  const out = responded(exchange.next(headOutcome(accepted, sent(step).to), t0))
  expect(out.head).toMatchObject({ status: 502, reason: 'Proxy Error' })
  expect(Buffer.from(out.body[0] as Uint8Array).toString()).toContain('Unexpected Upgrade: websocket (expecting websocket, foo)')
})

test('(a) refused: 503, the worker is left alone for retry seconds, then tried again', () => {
  const site = siteOf(config)
  const first = start(site, get('/page'))
  const out = responded(first.exchange.next(failureOutcome('refused', sent(first.step).to, { systemCode: 'ECONNREFUSED' }), t0))
  expect(out.head.status).toBe(503)
  expect(out.persist.keep).toBe(false)
  const log = first.exchange.end(account(503), t0).log
  expect(log.filter((line) => line.source === 'server').map((line) => line.message)).toEqual([
    '[proxy:error] (111)Connection refused: AH00957: http: attempt to connect to 127.0.0.1:3002 (127.0.0.1:3002) failed',
    '[proxy:error] AH00959: ap_proxy_connect_backend disabling worker for (127.0.0.1:3002) for 5s',
    '[proxy_http:error] [client 127.0.0.1:50000] AH01114: HTTP: failed to make connection to backend: 127.0.0.1'
  ])
  const soon = start(site, get('/page'), 80, {}, t0 + 4 * second)
  expect(responded(soon.step).head.status).toBe(503)
  expect(soon.exchange.end(account(503), t0).log[0]?.code).toBe('AH00940')
  const later = start(site, get('/page'), 80, {}, t0 + 5 * second + 1)
  expect(sent(later.step).to.port).toBe(3002)
})

test('another worker is not touched by it', () => {
  const site = siteOf(config)
  const first = start(site, get('/page'))
  first.exchange.next(failureOutcome('refused', sent(first.step).to), t0)
  expect(sent(start(site, get('/ws', ...handshake)).step).to.port).toBe(3000)
})

test('a plain ProxyPass worker is tried by every request, whatever its retry=', () => {
  const site = siteOf('Listen 80\nProxyPass / http://127.0.0.1:3002/ retry=60\n')
  const first = start(site, get('/page'))
  expect(responded(first.exchange.next(failureOutcome('refused', sent(first.step).to), t0)).head.status).toBe(503)
  expect(first.exchange.end(account(503), t0).log.map((line) => line.code)).toEqual(['AH00957', 'AH01114', 'access'])
  expect(sent(start(site, get('/page')).step).to.port).toBe(3002)
})

test('a reload makes workers anew', () => {
  const site = siteOf(config)
  const first = start(site, get('/page'))
  first.exchange.next(failureOutcome('refused', sent(first.step).to), t0)
  const same = siteOf(config, { generation: 2, previous: site.state })
  expect(sent(start(same, get('/page')).step).to.port).toBe(3002)
})

test('(j) a client of HTTP/1.0 is tunnelled without a head', () => {
  const head = { ...get('/ws', ...handshake), version: 'HTTP/1.0' }
  const { exchange, step } = start(siteOf(config), head)
  expect(sent(step).head.version).toBe('HTTP/1.1')
  expect(exchange.next(headOutcome(accepted, sent(step).to), t0)).toMatchObject({ do: 'tunnel', head: 'none' })
})

test('(j) Expect: 100-continue goes to the origin, its 100 to the client; without one the body is not read', () => {
  const head = request('POST', '/page', 'Content-Length: 5', 'Expect: 100-continue')
  const { exchange, step } = start(siteOf(config), head)
  const out = sent(step)
  expect(out.body).toBe('after100')
  expect(linesOf(out.head.fields)).toContain('Expect: 100-continue')
  expect(exchange.next(headOutcome(response(100), out.to), t0)).toMatchObject({ do: 'interim', head: { status: 100 } })
  expect(exchange.next(headOutcome(response(200, 'Content-Length: 0'), out.to), t0)).toMatchObject({
    do: 'relay',
    requestBody: 'carryOn',
    persist: { keep: true }
  })
  const refused = start(siteOf(config), head)
  const final = refused.exchange.next(headOutcome(response(403, 'Content-Length: 0'), sent(refused.step).to), t0)
  expect(final).toMatchObject({ do: 'relay', requestBody: 'stop', persist: { keep: false } })
})

test('interim answers: 103 passes, a 100 nobody asked for does not', () => {
  const { exchange, step } = start(siteOf(config), get('/page'))
  const { to } = sent(step)
  expect(exchange.next(headOutcome(response(103, 'Link: </a.css>'), to), t0)).toMatchObject({ do: 'interim', head: { status: 103 } })
  expect(exchange.next(headOutcome(response(100), to), t0)).toEqual({ do: 'interim', head: 'none' })
})

test('(j) a client that leaves while the origin thinks is not noticed', () => {
  const { exchange, step } = start(siteOf(config), get('/page'))
  expect(exchange.next({ was: 'clientGone', how: 'fin' }, t0)).toEqual({ do: 'carryOn' })
  expect(exchange.next(headOutcome(response(200, 'Content-Length: 0'), sent(step).to), t0)).toMatchObject({ do: 'relay' })
})

test('a small chunked body goes out with its length, a large one stays chunked', () => {
  const head = request('POST', '/page', 'Transfer-Encoding: chunked')
  const small = start(siteOf(config), head)
  expect(small.step).toMatchObject({ do: 'readBody', upToBytes: 16_384 })
  const whole = sent(small.exchange.next({ was: 'body', read: { bytes: 11, complete: true } }, t0))
  expect(linesOf(whole.head.fields)).toContain('Content-Length: 11')
  const large = start(siteOf(config), head)
  const begun = sent(large.exchange.next({ was: 'body', read: { bytes: 16_384, complete: false } }, t0))
  expect(linesOf(begun.head.fields)).toContain('Transfer-Encoding: chunked')
})

test('closed early on a connection that was kept alive: the client is left to try again', () => {
  const { exchange, step } = start(siteOf(config), get('/page'), 80, { request: 2 })
  expect(exchange.next(failureOutcome('closedEarly', sent(step).to), t0)).toEqual({ do: 'close', how: 'fin' })
})

test.each([
  ['headTimedOut', 502, 'AH01102'],
  ['closedEarly', 502, 'AH01102'],
  ['connectTimedOut', 503, 'AH00957'],
  ['unreachable', 503, 'AH00957'],
  ['dns', 500, 'AH00898'],
  ['tls', 500, 'AH02003'],
  ['headTooLong', 502, 'AH01106']
] as const)('%s: %i, %s', (cause, status, code) => {
  const { exchange, step } = start(siteOf(config), get('/page'))
  expect(responded(exchange.next(failureOutcome(cause, sent(step).to), t0)).head.status).toBe(status)
  expect(exchange.end(account(status), t0).log[0]?.code).toBe(code)
})
