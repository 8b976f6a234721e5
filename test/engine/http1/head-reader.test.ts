import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { strictWire } from '../../../shared/heads.js'
import type { HeadFaultCode, WirePolicy } from '../../../shared/heads.js'
import { RequestHeadReader, ResponseHeadReader, isFault } from '../../../main/engine/http1/head-reader.js'
import { cutAt, oneByOne, readRequest, readResponse, withoutQuote } from './reading.js'

const lenient: Partial<WirePolicy> = {
  bareLf: 'accept',
  obsFold: 'unfold',
  http09: 'accept',
  spaceBeforeColon: 'accept',
  otherVersions: 'accept',
  spacesInLine: 'accept',
  emptyLines: 4,
  hostSyntax: 'leave',
  fieldNames: 'any',
  controls: 'accept'
}

describe('request heads', () => {
  it('reads the example of RFC 9112 §2.1, byte for byte', () => {
    const text = 'GET /hello.txt HTTP/1.1\r\nUser-Agent: curl/7.64.1\r\nHost: www.example.com\r\nAccept-Language: en, mi\r\n\r\n'
    expect(readRequest(text)).toEqual({
      done: {
        method: 'GET',
        target: '/hello.txt',
        version: 'HTTP/1.1',
        fields: ['User-Agent', 'curl/7.64.1', 'Host', 'www.example.com', 'Accept-Language', 'en, mi']
      },
      consumed: text.length,
      raw: text
    })
  })

  it.each([
    ['origin-form', 'GET /where?q=now HTTP/1.1\r\nHost: www.example.org\r\n\r\n', '/where?q=now'],
    [
      'absolute-form',
      'GET http://www.example.org/pub/WWW/TheProject.html HTTP/1.1\r\nHost: www.example.org\r\n\r\n',
      'http://www.example.org/pub/WWW/TheProject.html'
    ],
    ['authority-form', 'CONNECT www.example.com:80 HTTP/1.1\r\nHost: www.example.com\r\n\r\n', 'www.example.com:80'],
    ['asterisk-form', 'OPTIONS * HTTP/1.1\r\nHost: www.example.org:8001\r\n\r\n', '*']
  ])('reads a target in %s (RFC 9112 §3.2)', (_form, text, target) => {
    expect(readRequest(text).done).toMatchObject({ target })
  })

  it('keeps order, case, repetition and obs-text; drops the whitespace around values', () => {
    const { done } = readRequest('GET / HTTP/1.1\r\nhOsT:a\r\nX:\t one  two \t\r\nx:\r\nX: \xe9\xff\r\n\r\n')
    expect(done).toMatchObject({ fields: ['hOsT', 'a', 'X', 'one  two', 'x', '', 'X', '\xe9\xff'] })
  })

  it('leaves what stands behind the head where it is', () => {
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n'
    for (const cut of [0, 10, head.length]) {
      const whole = Buffer.from(`${head}body`)
      const read = readRequest([whole.subarray(0, cut), whole.subarray(cut)])
      expect(read).toMatchObject({ consumed: head.length, raw: head, done: { method: 'POST' } })
    }
  })

  it('copies nothing of a head that comes whole, wherever its lines end', () => {
    const reader = new RequestHeadReader(strictWire)
    for (let length = 0; length < 8; length++) {
      const bytes = Buffer.from(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(length)}\r\n\r\nbody`)
      reader.reset()
      reader.push(bytes, 0, bytes.length)
      expect(reader.raw.bytes).toBe(bytes)
    }
  })

  it('skips two empty lines before a request line, and no third (RFC 9112 §2.2)', () => {
    const head = 'GET / HTTP/1.0\r\n\r\n'
    for (const pieces of [(text: string) => [Buffer.from(text)], (text: string) => oneByOne(Buffer.from(text))]) {
      expect(readRequest(pieces(`\r\n\r\n${head}`))).toMatchObject({ raw: head, done: { method: 'GET' } })
      expect(readRequest(pieces(`\r\n\r\n\r\n${head}`)).done).toMatchObject({ fault: 'notHttp' })
    }
  })

  it('has not started while only empty lines came', () => {
    const reader = new RequestHeadReader(strictWire)
    const push = (text: string): number => reader.push(Buffer.from(text), 0, text.length)
    for (const text of ['\r', '\n', '\r\n']) {
      push(text)
      expect(reader.started).toBe(false)
    }
    push('G')
    expect(reader.started).toBe(true)
    expect(reader.done).toBeNull()
  })

  it('reads one head after the other', () => {
    const reader = new RequestHeadReader(strictWire)
    const bytes = Buffer.from('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: b\r\n\r\n')
    const second = reader.push(bytes, 0, bytes.length)
    expect(reader.done).toMatchObject({ target: '/1', fields: ['Host', 'a'] })
    expect(reader.push(bytes, second, bytes.length)).toBe(second) // nothing more before the reset
    reader.reset()
    expect(reader.started).toBe(false)
    expect(reader.push(bytes, second, bytes.length)).toBe(bytes.length)
    expect(reader.done).toMatchObject({ target: '/2', fields: ['Host', 'b'] })
  })

  it('says what it had read when the client left, or time was up', () => {
    const reader = new RequestHeadReader(strictWire)
    const text = 'GET /slow HTTP/1.1\r\nHost: a\r\nX-Half'
    reader.push(Buffer.from(text), 0, text.length)
    const known = { method: 'GET', target: '/slow', version: 'HTTP/1.1', fields: ['Host', 'a'] }
    expect(reader.cutShort()).toEqual({ fault: 'cutShort', on: text, ...known })
    expect(reader.timedOut()).toMatchObject({ fault: 'timedOut', ...known })
  })
})

/** Each fault with a head that has it, and what can be told of the head. */
const faulty: readonly [HeadFaultCode, string, string, Partial<WirePolicy>?][] = [
  ['notHttp', 'a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['notHttp', 'NUL first', '\0GET / HTTP/1.1\r\n\r\n'],
  ['notHttp', 'a space first', ' GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['badMethod', 'a method that is no token', 'G(T / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['badMethod', 'NUL in the method', 'GE\0T / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['badMethod', 'HTAB behind the method', 'GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['badTarget', 'no target', 'GET\r\nHost: a\r\n\r\n'],
  ['badTarget', 'two spaces', 'GET  / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['badTarget', 'a space in the target', 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['badTarget', 'a control in the target', 'GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['badTarget', 'a control for the second space', 'GET /\x01HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['badTarget', 'HTAB for the second space', 'GET /\tHTTP/1.1\r\nHost: a\r\n\r\n'],
  ['badTarget', 'HTAB in the target', 'GET /\ta HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['badVersion', 'no version', 'GET /\r\n\r\n'],
  ['badVersion', 'an empty version', 'GET / \r\nHost: a\r\n\r\n'],
  ['badVersion', 'another version', 'GET / HTTP/1.2\r\nHost: a\r\n\r\n'],
  ['badVersion', 'HTTP/2 on a plain port', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['badVersion', 'lower case', 'GET / http/1.1\r\nHost: a\r\n\r\n'],
  ['badVersion', 'a space behind it', 'GET / HTTP/1.1 \r\nHost: a\r\n\r\n'],
  ['badVersion', 'two digits, even for the lenient', 'GET / HTTP/1.10\r\nHost: a\r\n\r\n', lenient],
  ['badField', 'no colon', 'GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n'],
  ['badField', 'no name', 'GET / HTTP/1.1\r\n: x\r\nHost: a\r\n\r\n'],
  ['badField', 'a space before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'],
  ['badField', 'a name that is no token', 'GET / HTTP/1.1\r\nX(: a\r\nHost: a\r\n\r\n'],
  ['badField', 'NUL in a value', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n'],
  ['badField', 'DEL in a value', 'GET / HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n'],
  ['badField', 'a fold before any field', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n', lenient],
  ['obsFold', 'a folded line', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n'],
  ['bareLf', 'LF behind the request line', 'GET / HTTP/1.1\nHost: a\r\n\r\n'],
  ['bareLf', 'LF behind a field', 'GET / HTTP/1.1\r\nHost: a\n\r\n'],
  ['bareLf', 'LF for the empty line', 'GET / HTTP/1.1\r\nHost: a\r\n\n'],
  ['bareCr', 'CR in the target', 'GET /\ra HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['bareCr', 'CR in a value, even for the lenient', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n', lenient],
  ['bareCr', 'CR for a line end, even for the lenient', 'GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n', lenient],
  ['bareCr', 'CR twice', 'GET / HTTP/1.1\r\nHost: a\r\r\n\r\n', lenient],
  ['bareCr', 'CR alone before the request line', '\rGET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['lineTooLong', 'a request line', `GET /${'a'.repeat(40)} HTTP/1.1\r\nHost: a\r\n\r\n`, { maxLineBytes: 40 }],
  ['fieldTooLong', 'a field', `GET / HTTP/1.1\r\nHost: ${'a'.repeat(40)}\r\n\r\n`, { maxFieldBytes: 40 }],
  [
    'fieldTooLong',
    'a field, unfolded',
    `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(15)}\r\n ${'a'.repeat(15)}\r\n\r\n`,
    { maxFieldBytes: 20, obsFold: 'unfold' }
  ],
  ['tooManyFields', 'three of two', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\r\nX: b\r\n\r\n', { maxFields: 2 }],
  ['headTooLong', 'fields in all', `GET / HTTP/1.1\r\nHost: a\r\n${'X: 1\r\n'.repeat(9)}\r\n`, { maxHeadBytes: 70 }],
  ['twoHosts', 'two that differ', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
  ['twoHosts', 'two that are equal, even in 1.0', 'GET / HTTP/1.0\r\nHost: a\r\nhost: a\r\n\r\n'],
  ['noHost', 'none in 1.1', 'GET / HTTP/1.1\r\nX: a\r\n\r\n'],
  ['noHost', 'none in what is read as 1.1', 'GET / HTTP/9.1\r\nX: a\r\n\r\n', lenient],
  ['badHost', 'a path', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n'],
  ['badHost', 'user information', 'GET / HTTP/1.1\r\nHost: u@a\r\n\r\n'],
  ['badHost', 'a list', 'GET / HTTP/1.1\r\nHost: a, b\r\n\r\n'],
  ['badHost', 'a port of letters', 'GET / HTTP/1.1\r\nHost: a:http\r\n\r\n'],
  ['badHost', 'an address without its brackets', 'GET / HTTP/1.1\r\nHost: ::1\r\n\r\n']
]

describe('faults of a request head', () => {
  it.each(faulty)('%s: %s', (code, _what, text, policy = {}) => {
    const whole = readRequest(text, policy).done
    expect(whole).toMatchObject({ fault: code })
    expect(withoutQuote(readRequest(oneByOne(Buffer.from(text, 'latin1')), policy).done)).toEqual(withoutQuote(whole))
  })

  it('tells what it had read, and on what it failed', () => {
    const text = 'GET /x HTTP/1.1\r\nHost: a\r\nBad Name: b\r\n\r\n'
    const known = { method: 'GET', target: '/x', version: 'HTTP/1.1', fields: ['Host', 'a'] }
    expect(readRequest(text).done).toEqual({ fault: 'badField', on: 'Bad Name: b', ...known })
    expect(readRequest(`BREW /pot\r\n\r\n`).done).toEqual({ fault: 'badVersion', on: 'BREW /pot', method: 'BREW', target: '/pot' })
  })

  it('quotes no more than 256 chars', () => {
    expect(readRequest(`GET /${'a'.repeat(9000)} HTTP/1.1\r\n`).done).toMatchObject({ fault: 'lineTooLong', on: `GET /${'a'.repeat(251)}` })
  })

  it('does not wait for the end of a line, or of the head, to refuse', () => {
    expect(readRequest('\x16').done).toMatchObject({ fault: 'notHttp' })
    expect(readRequest('GET HTTP/1.1\r\n').done).toMatchObject({ fault: 'badVersion' })
    const stalled = [Buffer.from('GET / HTTP/1.1\r\nX: '), Buffer.alloc(70_000, 'a')]
    expect(readRequest(stalled)).toMatchObject({ done: { fault: 'fieldTooLong' }, consumed: 16 + strictWire.maxFieldBytes + 3 })
  })

  it('waits for the end of the line where the policy does, as httpd does', () => {
    const waiting = { ...strictWire, firstByte: 'wait' } as const
    expect(readRequest('\x16\x03\x01', waiting).done).toBeNull()
    expect(readRequest('\x16\x03\x01\r\n', waiting).done).toMatchObject({ fault: 'badMethod' })
  })

  it('accepts what stands just at the limits', () => {
    const text = `GET /${'a'.repeat(26)} HTTP/1.1\r\nHost: ${'a'.repeat(34)}\r\nX: y\r\n\r\n`
    const policy = { maxLineBytes: 40, maxFieldBytes: 40, maxFields: 2, maxHeadBytes: text.length }
    expect(isFault(readRequest(text, policy).done)).toBe(false)
    expect(isFault(readRequest(oneByOne(Buffer.from(text)), policy).done)).toBe(false)
    for (const name of ['maxLineBytes', 'maxFieldBytes', 'maxFields', 'maxHeadBytes'] as const)
      expect(isFault(readRequest(text, { ...policy, [name]: policy[name] - 1 }).done)).toBe(true)
  })
})

describe('what a policy lets pass', () => {
  it.each<[string, Partial<WirePolicy>, string, object]>([
    ['bare LF', { bareLf: 'accept' }, 'GET / HTTP/1.1\nHost: a\n\n', { fields: ['Host', 'a'] }],
    [
      'a fold, as one space',
      { obsFold: 'unfold' },
      'GET / HTTP/1.1\r\nHost: a\r\nX: a \r\n\t  b\r\n \r\n c\r\n\r\n',
      { fields: ['Host', 'a', 'X', 'a b c'] }
    ],
    ['a fold behind nothing', { obsFold: 'unfold' }, 'GET / HTTP/1.1\r\nHost: a\r\nX:\r\n b\r\n\r\n', { fields: ['Host', 'a', 'X', 'b'] }],
    ['a space before the colon', { spaceBeforeColon: 'accept' }, 'GET / HTTP/1.1\r\nHost \t: a\r\n\r\n', { fields: ['Host', 'a'] }],
    ['other versions', { otherVersions: 'accept' }, 'GET / HTTP/9.1\r\nHost: a\r\n\r\n', { version: 'HTTP/9.1' }],
    ['no version', { http09: 'accept' }, 'GET /old\r\n', { version: 'HTTP/0.9', target: '/old', fields: [] }],
    ['spaces in the line', { spacesInLine: 'accept' }, 'GET   /  HTTP/1.1  \r\nHost: a\r\n\r\n', { target: '/', version: 'HTTP/1.1' }],
    ['more empty lines', { emptyLines: 10 }, `${'\r\n'.repeat(10)}GET / HTTP/1.1\r\nHost: a\r\n\r\n`, { target: '/' }],
    ['any Host', { hostSyntax: 'leave' }, 'GET / HTTP/1.1\r\nHost: u@a/b\r\n\r\n', { fields: ['Host', 'u@a/b'] }],
    [
      'names that are no token',
      { fieldNames: 'any' },
      'GET / HTTP/1.1\r\nHost: a\r\nX(\xe9: b\r\n\r\n',
      { fields: ['Host', 'a', 'X(\xe9', 'b'] }
    ],
    ['lines without a colon', { fieldNames: 'any' }, 'GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n', { fields: ['Host', 'a', 'X', ''] }],
    [
      'controls in values',
      { controls: 'accept' },
      'GET / HTTP/1.1\r\nHost: a\r\nX: \x01\x7f\r\n\r\n',
      { fields: ['Host', 'a', 'X', '\x01\x7f'] }
    ]
  ])('%s', (_what, policy, text, head) => {
    expect(readRequest(text, policy).done).toMatchObject(head)
    expect(readRequest(oneByOne(Buffer.from(text, 'latin1')), policy).done).toMatchObject(head)
    expect(isFault(readRequest(text).done)).toBe(true)
  })

  it('any number of empty lines, ended in either way', () => {
    const nginx = { bareLf: 'accept', emptyLines: Infinity } as const
    const text = `${'\n\r\n\r\n'.repeat(50_000)}GET / HTTP/1.1\r\nHost: a\r\n\r\n`
    expect(readRequest(text, nginx)).toMatchObject({ done: { target: '/' }, consumed: text.length })
  })

  it.each(['X: a\rb', 'X: \x01\rb', 'X: a\0b', 'X: \x01\0', ': a', ' : a', 'X : a', 'X\x01: a', 'X \0'])(
    'and refuses %j all the same',
    (line) => {
      const nginx: Partial<WirePolicy> = { bareLf: 'accept', fieldNames: 'any', controls: 'accept', hostSyntax: 'leave' }
      const text = `GET / HTTP/1.1\r\nHost: a\r\n${line}\r\n\r\n`
      expect(isFault(readRequest(text, nginx).done)).toBe(true)
    }
  )

  it.each(['www.example.org', 'a:', 'a:8080', '[::1]:443', '127.0.0.1', 'a_b.test', 'x%41', ''])('Host: %s', (host) => {
    expect(readRequest(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`).done).toMatchObject({ fields: ['Host', host] })
  })

  it('a request of HTTP/1.0 without Host', () => {
    expect(readRequest('GET / HTTP/1.0\r\n\r\n').done).toMatchObject({ version: 'HTTP/1.0', fields: [] })
  })

  it('ends a head of HTTP/0.9 at its line', () => {
    expect(readRequest('GET /\r\nHost: a\r\n\r\n', lenient)).toMatchObject({ consumed: 7, raw: 'GET /\r\n' })
  })

  it('ends a head at the first empty line, whatever follows', () => {
    const head = 'GET / HTTP/1.1\nHost: a\n\n'
    expect(readRequest(`${head}GET / HTTP/1.1\r\nHost: b\r\n\r\n`, lenient)).toMatchObject({ consumed: head.length, raw: head })
  })
})

describe('response heads', () => {
  it('reads the example of RFC 9112 §2.1 and §4', () => {
    const text = 'HTTP/1.1 200 OK\r\nDate: Mon, 27 Jul 2009 12:28:53 GMT\r\nContent-Type: text/plain\r\n\r\n'
    expect(readResponse(`${text}Hello`)).toEqual({
      done: {
        version: 'HTTP/1.1',
        status: 200,
        reason: 'OK',
        fields: ['Date', 'Mon, 27 Jul 2009 12:28:53 GMT', 'Content-Type', 'text/plain']
      },
      consumed: text.length,
      raw: text
    })
  })

  it.each([
    ['HTTP/1.1 101 Switching Protocols', 101, 'Switching Protocols'],
    ['HTTP/1.0 200 ', 200, ''],
    ['HTTP/1.1 404', 404, ''],
    ['HTTP/1.1 299 \xe9 \t more', 299, '\xe9 \t more'],
    ['HTTP/1.3 999 x', 999, 'x']
  ])('reads %s', (line, status, reason) => {
    expect(readResponse(`${line}\r\n\r\n`).done).toMatchObject({ status, reason })
  })

  it.each([
    'HTTP/1.1 20 OK',
    'HTTP/1.1 099 OK',
    'HTTP/1.1 2000 OK',
    'HTTP/1.1  200 OK',
    'HTTP/1.1 200OK',
    'HTTP/1 200 OK',
    'HTTP/1.1 200 a\0b',
    'ICY 200 OK',
    'http/1.1 200 OK'
  ])('is not HTTP: %j', (line) => {
    expect(readResponse(`${line}\r\n\r\n`).done).toMatchObject({ fault: 'notHttp' })
    expect(readResponse(oneByOne(Buffer.from(`${line}\r\n\r\n`))).done).toMatchObject({ fault: 'notHttp' })
  })

  it('knows at the first wrong byte that an answer is not HTTP, and keeps what came', () => {
    const reader = new ResponseHeadReader(strictWire)
    reader.push(Buffer.from('HTT'), 0, 3)
    expect(reader.done).toBeNull()
    reader.push(Buffer.from('X yes'), 0, 5)
    expect(reader.done).toMatchObject({ fault: 'notHttp' })
    expect(reader.raw.bytes.toString('latin1', 0, reader.raw.end)).toBe('HTTX yes')
  })

  it('skips one stray empty line behind the answer before', () => {
    expect(readResponse('\r\nHTTP/1.1 204 No Content\r\n\r\n').done).toMatchObject({ status: 204 })
    expect(readResponse('\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n').done).toMatchObject({ fault: 'notHttp' })
  })

  it('holds the fields to the same rules', () => {
    expect(readResponse('HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n').done).toMatchObject({
      fault: 'bareLf',
      version: 'HTTP/1.1',
      fields: ['A', 'b'].slice(0, 0)
    })
    expect(readResponse('HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n', lenient).done).toMatchObject({ fields: ['A', 'b c'] })
    expect(readResponse('HTTP/1.1 200 OK\r\nA: b\rSet-Cookie: x\r\n\r\n', lenient).done).toMatchObject({ fault: 'bareCr' })
    expect(readResponse('HTTP/2.0 200 OK\r\n\r\n').done).toMatchObject({ fault: 'badVersion' })
  })

  it('says what came before the origin left', () => {
    const reader = new ResponseHeadReader(strictWire)
    reader.push(Buffer.from('HTTP/1.1 200 OK\r\nA: b\r\nC'), 0, 24)
    expect(reader.cutShort()).toMatchObject({ fault: 'cutShort', version: 'HTTP/1.1', fields: ['A', 'b'] })
  })
})

describe('however the bytes are cut', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '\r\n',
      '\r\n',
      '\n',
      '\r',
      '\r\n\r\n',
      ' ',
      '\t',
      ':',
      '\0',
      'GET / HTTP/1.1',
      'HTTP/1.1 200 OK',
      'HTTP/',
      'Host: a',
      'Host',
      'X: y',
      ' folded',
      'X : y'
    ),
    fc.string({ maxLength: 12 }),
    fc.constant('a'.repeat(30))
  )
  const inputs = fc.tuple(
    fc.constantFrom('', '\r\n', 'GET / HTTP/1.1\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n', 'HTTP/1.1 200 OK\r\n', 'GET / HTTP/1.1\nHost: a\n'),
    fc.array(piece, { maxLength: 12 }),
    fc.constantFrom('', '\r\n\r\n', '\n\n', '\r\n\r\nbody')
  )
  const policies = fc.constantFrom<Partial<WirePolicy>>(
    {},
    lenient,
    { maxLineBytes: 20, maxFieldBytes: 25, maxFields: 3, maxHeadBytes: 60 },
    { ...lenient, maxLineBytes: 20, maxFieldBytes: 25, maxHeadBytes: 60 }
  )

  it.each([
    ['requests', readRequest],
    ['responses', readResponse]
  ] as const)('%s are read, or refused, alike', (_what, read) => {
    fc.assert(
      fc.property(inputs, policies, fc.array(fc.nat(200), { maxLength: 6 }), ([first, pieces, last], policy, cuts) => {
        const bytes = Buffer.from(first + pieces.join('') + last, 'latin1')
        const whole = read([bytes], policy)
        for (const cut of [oneByOne(bytes), cutAt(bytes, cuts)]) {
          const inPieces = read(cut, policy)
          expect(withoutQuote(inPieces.done)).toEqual(withoutQuote(whole.done))
          if (!isFault(whole.done)) expect(inPieces).toEqual(whole)
        }
      }),
      { numRuns: 3000 }
    )
  })
})
