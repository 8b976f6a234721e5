import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BodyWriter } from '../../../main/engine/http1/body-writer.js'
import { requestText, responseText } from '../../../main/engine/http1/serialise.js'
import { readRequest, readResponse } from './reading.js'

const request = { method: 'GET', target: '/a?b', version: 'HTTP/1.1', fields: ['Host', 'a', 'X-Empty', '', 'x', '\xe9'] }
const response = { version: 'HTTP/1.1', status: 404, reason: 'Not Found', fields: ['Server', 'a b'] }

describe('heads as text', () => {
  it('writes each line with CRLF and the empty line at the end', () => {
    expect(requestText(request)).toBe('GET /a?b HTTP/1.1\r\nHost: a\r\nX-Empty: \r\nx: \xe9\r\n\r\n')
    expect(responseText(response)).toBe('HTTP/1.1 404 Not Found\r\nServer: a b\r\n\r\n')
    expect(responseText({ ...response, reason: '', fields: [] })).toBe('HTTP/1.1 404 \r\n\r\n')
  })

  // U+010A would leave as its lower byte, which is LF.
  it.each(['\r', '\n', '\0', '\r\nX: y', '\u010a', '\u20ac'])('refuses %j in any part', (bad) => {
    for (const part of ['method', 'target', 'version'] as const)
      expect(() => requestText({ ...request, [part]: `a${bad}b` })).toThrow(/cannot be sent/)
    for (const part of ['version', 'reason'] as const)
      expect(() => responseText({ ...response, [part]: `a${bad}b` })).toThrow(/cannot be sent/)
    for (const fields of [
      [`a${bad}`, 'b'],
      ['a', `b${bad}`]
    ]) {
      expect(() => requestText({ ...request, fields })).toThrow(/cannot be sent/)
      expect(() => responseText({ ...response, fields })).toThrow(/cannot be sent/)
      expect(() => new BodyWriter({ kind: 'chunked' }).end(fields)).toThrow(/cannot be sent/)
    }
  })

  it('is read back as it was', () => {
    expect(readRequest(requestText(request)).done).toEqual(request)
    const latin1 = fc.string({
      unit: fc
        .integer({ min: 0x21, max: 0xff })
        .filter((code) => code !== 0x7f)
        .map((code) => String.fromCharCode(code))
    })
    const name = fc.stringMatching(/^[\w!#$%&'*+.^`|~-]{1,12}$/).filter((text) => text.toLowerCase() !== 'host')
    fc.assert(
      fc.property(fc.array(fc.tuple(name, latin1), { maxLength: 10 }), latin1, (pairs, reason) => {
        const fields = ['Host', 'a', ...pairs.flat()]
        expect(readRequest(requestText({ ...request, fields })).done).toEqual({ ...request, fields })
        expect(readResponse(responseText({ ...response, reason, fields })).done).toEqual({ ...response, reason, fields })
      })
    )
  })
})

describe('bodies as text around their bytes', () => {
  it('frames chunks and ends with trailers', () => {
    const writer = new BodyWriter({ kind: 'chunked' })
    expect([writer.before(26), writer.after, writer.end(), writer.end(['X', 'y'])]).toEqual([
      '1a\r\n',
      '\r\n',
      '0\r\n\r\n',
      '0\r\nX: y\r\n\r\n'
    ])
    expect(writer).toMatchObject({ bytes: 26, whole: true })
  })

  it('never writes an empty chunk, which would end the body', () => {
    expect(() => new BodyWriter({ kind: 'chunked' }).before(0)).toThrow(/does not fit/)
  })

  it('holds a body to its length', () => {
    const writer = new BodyWriter({ kind: 'length', bytes: 10 })
    expect([writer.before(4), writer.after, writer.whole, writer.fits(20)]).toEqual(['', '', false, 6])
    expect(() => writer.before(7)).toThrow(/does not fit/)
    expect([writer.before(6), writer.whole, writer.fits(1), writer.end()]).toEqual(['', true, 0, ''])
  })

  it('frames nothing where the close ends it, and takes nothing where there is none', () => {
    const writer = new BodyWriter({ kind: 'untilClose' })
    expect([writer.before(4), writer.after, writer.whole, writer.end()]).toEqual(['', '', true, ''])
    expect(new BodyWriter({ kind: 'none' }).fits(4)).toBe(0)
  })
})
