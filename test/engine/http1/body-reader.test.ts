import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { strictWire } from '../../../shared/heads.js'
import type { BodyFraming } from '../../../shared/heads.js'
import { BodyReader } from '../../../main/engine/http1/body-reader.js'
import type { BodyFaultCode } from '../../../main/engine/http1/body-reader.js'
import { BodyWriter } from '../../../main/engine/http1/body-writer.js'
import { cutAt, oneByOne, readBody } from './reading.js'

const chunked: BodyFraming = { kind: 'chunked' }

describe('bodies with a length', () => {
  it('takes just its bytes', () => {
    expect(readBody({ kind: 'length', bytes: 5 }, 'HelloGET /')).toMatchObject({ body: 'Hello', done: true, consumed: 5 })
  })
  it('is over before it began where the length is 0, or there is none', () => {
    expect(new BodyReader({ kind: 'length', bytes: 0 }, strictWire).done).toBe(true)
    expect(new BodyReader({ kind: 'none' }, strictWire).done).toBe(true)
  })
  it('is cut short by an early end', () => {
    const reader = new BodyReader({ kind: 'length', bytes: 5 }, strictWire)
    reader.push(Buffer.from('Hell'), 0, 4, () => {})
    reader.finish()
    expect(reader).toMatchObject({ done: false, fault: { fault: 'cutShort' } })
  })
})

describe('bodies that last until the connection closes', () => {
  it('takes everything, and is over when told', () => {
    const reader = new BodyReader({ kind: 'untilClose' }, strictWire)
    expect(reader.push(Buffer.from('anything\r\n'), 0, 10, () => {})).toBe(10)
    expect(reader.done).toBe(false)
    reader.finish()
    expect(reader).toMatchObject({ done: true, fault: null })
  })
})

describe('chunked bodies (RFC 9112 §7.1)', () => {
  it('joins chunks, ignores extensions, gives the trailers and leaves what follows', () => {
    const text = '4\r\nWiki\r\n5;name="a;b" ; x\r\npedia\r\n00e\r\n in\r\n\r\nchunks.\r\n0;last\r\nExpires: never\r\nX: \xe9\r\n\r\n'
    expect(readBody(chunked, `${text}GET /`)).toEqual({
      body: 'Wikipedia in\r\n\r\nchunks.',
      done: true,
      fault: null,
      trailers: ['Expires', 'never', 'X', '\xe9'],
      consumed: text.length
    })
  })

  it('gives stretches where they stand, without a copy', () => {
    const bytes = Buffer.from('A\r\n0123456789\r\n0\r\n\r\n')
    const stretches: [boolean, number, number][] = []
    new BodyReader(chunked, strictWire).push(bytes, 0, bytes.length, (given, start, end) => stretches.push([given === bytes, start, end]))
    expect(stretches).toEqual([[true, 3, 13]])
  })

  it('counts digits and extensions chunk by chunk', () => {
    expect(readBody(chunked, `${`00001;${'a'.repeat(700)}\r\nx\r\n`.repeat(20)}0\r\n\r\n`)).toMatchObject({
      done: true,
      body: 'x'.repeat(20)
    })
  })

  it('takes sizes that are padded, as old servers do', () => {
    expect(readBody(chunked, '5  \r\nHello\r\n1\t ;a\r\n!\r\n0 \r\n\r\n')).toMatchObject({ done: true, body: 'Hello!' })
  })

  it('takes hexadecimal digits in either case', () => {
    expect(readBody(chunked, `aB\r\n${'x'.repeat(0xab)}\r\n0\r\n\r\n`)).toMatchObject({ done: true, body: 'x'.repeat(0xab) })
  })

  it.each<[BodyFaultCode, string, string]>([
    ['badChunkSize', 'nothing', '\r\n'],
    ['badChunkSize', 'a space first', ' 5\r\nHello\r\n'],
    ['badChunkSize', 'digits behind a space', '5 5\r\nHello\r\n'],
    ['badChunkSize', 'bare LF behind a space', '5 \nHello\r\n'],
    ['chunkLineTooLong', 'spaces on and on', `5${' '.repeat(1026)}\r\nHello\r\n`],
    ['badChunkSize', '0x', '0x5\r\nHello\r\n'],
    ['badChunkSize', 'a plus', '+5\r\nHello\r\n'],
    ['badChunkSize', 'a minus', '-5\r\nHello\r\n'],
    ['badChunkSize', 'an underscore', '1_0\r\nHello\r\n'],
    ['badChunkSize', 'NUL', '5\0\r\nHello\r\n'],
    ['badChunkSize', 'bare LF', '5\nHello\r\n'],
    ['badChunkSize', 'bare CR', '5\rHello\r\n'],
    ['badChunkSize', 'two CR', '5\r\r\nHello\r\n'],
    ['badChunkSize', 'bare LF behind an extension', '5;a\nHello\r\n'],
    ['badChunkSize', 'two bare LF behind an extension', '5;a\n\nHello\r\n'],
    ['badChunkSize', 'nothing behind a chunk', '5\r\nHello\r\n\r\n'],
    ['badChunkSize', 'a control in an extension', '5;a\x01\r\nHello\r\n'],
    ['badChunkSize', 'a size that wraps at 64 bits', 'fffffffffffffffe\r\n'],
    ['badChunkSize', 'a size beyond exact numbers', '20000000000000\r\n'],
    ['chunkLineTooLong', 'a size of 17 digits', '00000000000000005\r\nHello\r\n'],
    ['chunkLineTooLong', 'a long extension', `5;${'a'.repeat(1025)}\r\nHello\r\n`],
    ['chunkLineTooLong', 'extensions on and on', `1;${'a'.repeat(1000)}\r\nx\r\n`.repeat(17)],
    ['badChunkEnd', 'data beyond the size', '4\r\nHello\r\n'],
    ['badChunkEnd', 'bare LF', '5\r\nHello\n0\r\n\r\n'],
    ['badChunkEnd', 'bare CR', '5\r\nHello\r0\r\n\r\n'],
    ['badTrailer', 'bare LF for the last line', '0\r\n\n'],
    ['badTrailer', 'bare LF behind a trailer', '0\r\nX: a\n\r\n'],
    ['badTrailer', 'bare CR', '0\r\n\rX\r\n'],
    ['badTrailer', 'a fold', '0\r\nX: a\r\n b\r\n\r\n'],
    ['badTrailer', 'a request instead', '0\r\nGET / HTTP/1.1\r\n\r\n'],
    ['badTrailer', 'a space before the colon', '0\r\nX : a\r\n\r\n'],
    ['badTrailer', 'NUL', '0\r\nX: \0\r\n\r\n'],
    ['badTrailer', 'too many', `0\r\n${'X: a\r\n'.repeat(101)}\r\n`],
    ['badTrailer', 'one too long', `0\r\nX: ${'a'.repeat(9000)}\r\n\r\n`]
  ])('%s: %s', (code, _what, text) => {
    const whole = readBody(chunked, text)
    expect(whole).toMatchObject({ done: false, fault: { fault: code } })
    expect(readBody(chunked, oneByOne(Buffer.from(text, 'latin1')))).toMatchObject({ body: whole.body, fault: { fault: code } })
  })

  it('accepts no bare LF even where heads may have it', () => {
    for (const text of ['5\nHello\r\n0\r\n\r\n', '0\r\nX: a\n\r\n', '0\r\n\n'])
      expect(readBody(chunked, text, { bareLf: 'accept' }).fault).not.toBeNull()
  })

  it('says in words what was wrong', () => {
    expect(readBody(chunked, '5,\r\n').fault?.on).toBe("a chunk size ends with ','")
    expect(readBody(chunked, '5\r\nHello\n').fault?.on).toBe('a chunk is followed by LF')
  })

  it.each(['', '5', '5\r', '5\r\nHel', '5\r\nHello', '5\r\nHello\r\n', '0', '0\r\n', '0\r\n\r', '0\r\nX: a\r\n'])(
    'is cut short behind %j',
    (text) => {
      const reader = new BodyReader(chunked, strictWire)
      reader.push(Buffer.from(text), 0, text.length, () => {})
      expect(reader).toMatchObject({ done: false, fault: null })
      reader.finish()
      expect(reader).toMatchObject({ done: false, fault: { fault: 'cutShort' } })
    }
  )
})

describe('however the bytes are cut', () => {
  const cuts = fc.array(fc.nat(400), { maxLength: 8 })

  it('a body is what was written', () => {
    const stretches = fc.array(fc.string({ minLength: 1, maxLength: 40, unit: 'binary-ascii' }), { maxLength: 8 })
    fc.assert(
      fc.property(stretches, fc.boolean(), cuts, (parts, withTrailer, offsets) => {
        const trailers = withTrailer ? ['X-Sum', '1'] : []
        const writer = new BodyWriter(chunked)
        const text = parts.map((part) => writer.before(part.length) + part + writer.after).join('') + writer.end(trailers)
        const bytes = Buffer.from(`${text}next`, 'latin1')
        const expected = { body: parts.join(''), done: true, fault: null, trailers, consumed: text.length }
        for (const pieces of [[bytes], oneByOne(bytes), cutAt(bytes, offsets)]) expect(readBody(chunked, pieces)).toEqual(expected)
      }),
      { numRuns: 1000 }
    )
  })

  it('a broken one breaks alike', () => {
    const piece = fc.constantFrom(
      '0',
      '1',
      '5',
      'a',
      '\r\n',
      '\r\n',
      '\r',
      '\n',
      ';',
      ';x=1',
      ' ',
      'Hello',
      'X: a',
      '\0',
      '5\r\nHello\r\n',
      '0\r\n\r\n'
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), cuts, (pieces, offsets) => {
        const bytes = Buffer.from(pieces.join(''), 'latin1')
        const whole = readBody(chunked, [bytes])
        for (const cut of [oneByOne(bytes), cutAt(bytes, offsets)]) {
          const read = readBody(chunked, cut)
          expect({ ...read, consumed: 0, fault: read.fault?.fault }).toEqual({ ...whole, consumed: 0, fault: whole.fault?.fault })
          if (whole.done) expect(read.consumed).toBe(whole.consumed)
        }
      }),
      { numRuns: 2000 }
    )
  })
})
