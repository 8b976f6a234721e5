import { describe, expect, it } from 'vitest'
import type { NativeRoute } from '../../../main/dialects/native/index.js'
import type { Account } from '../../../shared/steps.js'
import { answers, attempt, clientLeaves, fails, fileFacts, start } from '../../playbooks/outcomes.js'
import { faultOf, play, requestOf } from '../../playbooks/play.js'
import { opened, site } from './config.js'

const one = (route: Partial<NativeRoute>) => site({ routes: [{ match: '/', to: 'http://origin.test:3000', ...route }] })
const get = (target: string, ...fields: string[]) => requestOf(`GET ${target} HTTP/1.1\nHost: app.test:8080\n${fields.join('\n')}`)

describe('answers of an origin', () => {
  const relayed = (head: string, request = get('/')) => {
    const exchange = opened(one({}), request)
    exchange.next(start, 0)
    const step = exchange.next(answers(head), 0)
    return step.do === 'relay' && typeof step.head === 'object' ? [...step.head.fields, step.persist.keep] : step
  }
  const old = { ...get('/'), version: 'HTTP/1.0' }

  it('keep the connection where their end shows, and are framed as the client’s version allows', () => {
    expect(relayed('200 OK\nContent-Length: 2\nConnection: close')).toEqual(['Content-Length', '2', true])
    expect(relayed('200 OK\nTransfer-Encoding: chunked\nContent-Length: 9')).toEqual(['Transfer-Encoding', 'chunked', true])
    expect(relayed('200 OK\nX: y')).toEqual(['X', 'y', 'Transfer-Encoding', 'chunked', true])
    expect(relayed('200 OK\nContent-Length: 2, 2\nContent-Length: 2')).toEqual(['Content-Length', '2', true])
    expect(relayed('204 No Content')).toEqual([true])
    expect(relayed('304 Not Modified\nContent-Length: 99')).toEqual(['Content-Length', '99', true])
    expect(relayed('200 OK\nTransfer-Encoding: chunked', old)).toEqual(['Connection', 'close', false])
    expect(relayed('200 OK\nContent-Length: 2', old)).toEqual(['Content-Length', '2', 'Connection', 'close', false])
    expect(relayed('200 OK\nContent-Length: 2', { ...old, fields: [...old.fields, 'Connection', 'keep-alive'] })).toEqual([
      'Content-Length',
      '2',
      'Connection',
      'keep-alive',
      true
    ])
    expect(relayed('200 OK\nContent-Length: 2', get('/', 'Connection: close'))).toEqual([
      'Content-Length',
      '2',
      'Connection',
      'close',
      false
    ])
    expect(relayed('200 OK\nTransfer-Encoding: chunked', { ...get('/'), method: 'HEAD' })).toEqual([true])
  })

  it('may come after others: 1xx pass to HTTP/1.1, and a body waits for its 100', () => {
    const expecting = requestOf('POST / HTTP/1.1\nHost: h\nContent-Length: 3\nExpect: 100-continue')
    play(opened(one({}), expecting), [
      [start, { do: 'send', body: 'after100' }],
      [answers('103 Early Hints\nLink: </a>'), { do: 'interim', head: 'asReceived' }],
      [answers('100 Continue'), { do: 'interim', head: 'asReceived' }],
      [answers('200 OK\nContent-Length: 0'), { do: 'relay', requestBody: 'carryOn', persist: { keep: true } }]
    ])
    play(opened(one({}), expecting), [
      [start, { do: 'send', body: 'after100' }],
      [answers('413 Content Too Large\nContent-Length: 0'), { do: 'relay', requestBody: 'stop', persist: { keep: false } }]
    ])
    play(opened(one({}), old), [
      [start, { do: 'send' }],
      [answers('103 Early Hints'), { do: 'interim', head: 'none' }]
    ])
  })
})

describe('failures', () => {
  it.each([
    ['refused', 502, 'origin-refused'],
    ['unreachable', 502, 'origin-unreachable'],
    ['dns', 502, 'origin-name-unknown'],
    ['tls', 502, 'origin-tls'],
    ['closedEarly', 502, 'origin-closed-early'],
    ['notHttp', 502, 'origin-not-http'],
    ['connectTimedOut', 504, 'origin-connect-timeout'],
    ['headTimedOut', 504, 'origin-answer-timeout'],
    ['bodyTimedOut', 408, 'client-body-timeout'],
    ['bodyMalformed', 400, 'client-body-malformed']
  ] as const)('%s is a %d that says why, and %s in the log', (cause, status, code) => {
    const exchange = opened(one({}), get('/x'))
    play(exchange, [
      [start, { do: 'send' }],
      [fails(cause, {}, { message: 'plain words' }), { do: 'respond', head: { status } }]
    ])
    const { log } = exchange.end(account, 0)
    expect(log).toMatchObject([{ source: 'switchyard', code }])
    expect(log[0]?.message).toContain('GET /x to http://origin.test:3000: plain words.')
  })

  it('of a kept connection are tried once more over a new one, where that does no harm', () => {
    const reused = fails('closedEarly', { reused: true })
    play(opened(one({}), get('/')), [
      [start, { do: 'send', reuse: 'native origin.test:3000' }],
      [reused, { do: 'send', reuse: null }],
      [reused, { do: 'respond', head: { status: 502 } }]
    ])
    const post = requestOf('POST / HTTP/1.1\nHost: h\nContent-Length: 0')
    play(opened(one({}), post), [
      [start, { do: 'send' }],
      [reused, { do: 'respond', head: { status: 502 } }]
    ])
  })

  it('of the client end it: nobody is left to answer', () => {
    play(opened(one({}), get('/')), [
      [start, { do: 'send' }],
      [clientLeaves('rst'), { do: 'close', how: 'silent' }]
    ])
    play(opened(one({}), get('/')), [
      [start, { do: 'send' }],
      [fails('bodyCutShort'), { do: 'close', how: 'fin' }]
    ])
  })

  it.each([
    ['lineTooLong', 414],
    ['headTooLong', 431],
    ['badVersion', 505],
    ['timedOut', 408],
    ['twoHosts', 400],
    ['plainOnTls', 400]
  ] as const)('a head with %s is answered %d, and the connection ends', (fault, status) => {
    play(opened(one({}), faultOf(fault)), [[start, { do: 'respond', head: { status }, persist: { keep: false } }]])
  })

  it('say why in UTF-8, and quote what was asked byte for byte', () => {
    const page = (request: Parameters<typeof opened>[1]) => {
      const step = opened(site({ routes: [] }), request).next(start, 0)
      return step.do === 'respond' && Buffer.from(step.body[0] as Uint8Array).toString('utf8')
    }
    expect(page(faultOf('timedOut'))).toBe('408 Request Timeout\nThe request’s head did not arrive in time.\n')
    expect(page(get('/\xc3\xa9'))).toBe('404 Not Found\nNo route matches /é on app.test:8080.\n')
  })

  it('a head that was cut short is answered by nothing', () => {
    play(opened(one({}), faultOf('cutShort')), [[start, { do: 'close', how: 'fin' }]])
  })
})

describe('answers from here', () => {
  it('redirect, or say what they are told to', () => {
    play(opened(one(only({ redirect: { to: '/there' } })), get('/')), [
      [start, { do: 'respond', head: { status: 302, fields: ['Location', '/there', 'Content-Length', '0'] }, body: [] }]
    ])
    const respond = { status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'é' }
    play(opened(one(only({ respond })), get('/')), [
      [start, { do: 'respond', head: { fields: ['Content-Type', 'text/plain', 'Content-Length', '2'] }, body: [Buffer.from('é')] }]
    ])
    play(opened(one(only({ respond })), { ...get('/'), method: 'HEAD' }), [
      [start, { do: 'respond', head: { fields: ['Content-Type', 'text/plain', 'Content-Length', '2'] }, body: [] }]
    ])
    play(opened(one(only({ respond: { status: 204 } })), get('/')), [
      [start, { do: 'respond', head: { status: 204, fields: [] }, body: [] }]
    ])
  })

  it('close where a body stands on the wire that nobody reads', () => {
    const post = requestOf('POST / HTTP/1.1\nHost: h\nContent-Length: 3')
    play(opened(one(only({ respond: { status: 200 } })), post), [[start, { do: 'respond', persist: { keep: false } }]])
  })

  const files = () => one({ ...only({ files: 'public' }), match: '/s/' })
  it('serve a file with its validators, and 304 where the client has it', () => {
    const facts = { ...fileFacts('/srv/public/a b.css', 'body{}', 1_700_000_000_000) }
    const served = { do: 'respond', head: { status: 200 }, body: [{ path: '/srv/public/a b.css', fromByte: 0, bytes: 6 }] } as const
    const step = play(opened(files(), get('/s/a%20b.css?v=1')), [
      [start, { do: 'lookAt', paths: ['/srv/public/a b.css'] }],
      [{ was: 'files', files: [facts] }, served]
    ])
    expect(step.do === 'respond' && step.head.fields).toEqual([
      ...[
        'Content-Type',
        'text/css; charset=utf-8',
        'Last-Modified',
        'Tue, 14 Nov 2023 22:13:20 GMT',
        'ETag',
        '"6-18bcfe56800"',
        'Content-Length',
        '6'
      ]
    ])
    for (const field of ['If-None-Match: W/"6-18bcfe56800"', 'If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT']) {
      play(opened(files(), get('/s/a%20b.css', field)), [
        [start, { do: 'lookAt' }],
        [
          { was: 'files', files: [facts] },
          { do: 'respond', head: { status: 304 }, body: [] }
        ]
      ])
    }
  })

  it('send a client to no other host, whatever a folder is called', () => {
    const folder = { ...fileFacts('/srv/public/evil.test', ''), kind: 'directory' } as const
    play(opened(one(only({ files: 'public' })), get('//evil.test')), [
      [start, { do: 'lookAt', paths: ['/srv/public/evil.test'] }],
      [
        { was: 'files', files: [folder] },
        { do: 'respond', head: { status: 301, fields: ['Location', '/evil.test/', 'Content-Length', '0'] } }
      ]
    ])
  })

  it('serve a folder’s index.html, and send a client to the folder', () => {
    play(opened(files(), get('/s/docs/')), [[start, { do: 'lookAt', paths: ['/srv/public/docs/index.html'] }]])
    const folder = { ...fileFacts('/srv/public/docs', ''), kind: 'directory' } as const
    play(opened(files(), get('/s/docs?a=1')), [
      [start, { do: 'lookAt', paths: ['/srv/public/docs'] }],
      [
        { was: 'files', files: [folder] },
        { do: 'respond', head: { status: 301, fields: ['Location', '/s/docs/?a=1', 'Content-Length', '0'] } }
      ]
    ])
  })

  it.each([
    '/s/../secret',
    '/s/%2e%2e/secret',
    '/s/a%2f..%2fb',
    '/s/.env',
    '/s/a/.git/config',
    '/s/%00',
    '/s/a%5c..%5cb',
    '/s/%zz',
    '/s/C:/x'
  ])('never leave the folder: %s', (target) => {
    play(opened(files(), get(target)), [[start, { do: 'respond', head: { status: 404 } }]])
  })

  it('take GET and HEAD alone, and 404 what is not there', () => {
    play(opened(files(), { ...get('/s/a'), method: 'PUT' }), [[start, { do: 'respond', head: { status: 405 } }]])
    play(opened(files(), get('/s/.well-known/x')), [
      [start, { do: 'lookAt', paths: ['/srv/public/.well-known/x'] }],
      [
        { was: 'files', files: [fileFacts('x', null)] },
        { do: 'respond', head: { status: 404 } }
      ]
    ])
  })
})

function only(action: Partial<NativeRoute>): Partial<NativeRoute> {
  return { to: undefined, ...action } as unknown as Partial<NativeRoute>
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
