import { describe, expect, it } from 'vitest'
import type { BodyFraming, HeadFaultCode, WirePolicy } from '../../../shared/heads.js'
import { strictWire } from '../../../shared/heads.js'
import { outgoingFraming, requestFraming, responseFraming } from '../../../main/engine/http1/framing.js'

const request = (fields: string[], version = 'HTTP/1.1', method = 'POST') => ({ method, target: '/', version, fields })
const response = (status: number, fields: string[], version = 'HTTP/1.1') => ({ version, status, reason: '', fields })
const ofRequest = (fields: string[], policy: Partial<WirePolicy> = {}) => requestFraming(request(fields), { ...strictWire, ...policy })

const length = (bytes: number): BodyFraming => ({ kind: 'length', bytes })
const chunked: BodyFraming = { kind: 'chunked' }
const none: BodyFraming = { kind: 'none' }
const untilClose: BodyFraming = { kind: 'untilClose' }

describe('request framing (RFC 9112 §6.3)', () => {
  it.each<[string, string[], BodyFraming]>([
    ['nothing said', ['Host', 'a'], none],
    ['a length', ['content-LENGTH', '42'], length(42)],
    ['a length of 0', ['Content-Length', '0'], length(0)],
    ['leading zeros', ['Content-Length', '0042'], length(42)],
    ['the largest exact number', ['Content-Length', '9007199254740991'], length(9_007_199_254_740_991)],
    ['equal lengths', ['Content-Length', '5', 'Content-Length', '5'], length(5)],
    ['chunked', ['Transfer-Encoding', 'chunked'], chunked],
    ['chunked in any case', ['TRANSFER-ENCODING', 'Chunked'], chunked]
  ])('%s', (_what, fields, framing) => {
    expect(ofRequest(fields)).toEqual(framing)
    expect(outgoingFraming(request(fields))).toEqual(framing)
  })

  it.each<[HeadFaultCode, string, string[]]>([
    ['badLength', 'a sign', ['Content-Length', '+5']],
    ['badLength', 'a negative', ['Content-Length', '-5']],
    ['badLength', 'hexadecimal', ['Content-Length', '0x5']],
    ['badLength', 'a fraction', ['Content-Length', '5.0']],
    ['badLength', 'an exponent', ['Content-Length', '5e1']],
    ['badLength', 'a space inside', ['Content-Length', '5 5']],
    ['badLength', 'nothing', ['Content-Length', '']],
    ['badLength', 'a list, even of equals', ['Content-Length', '5, 5']],
    ['badLength', 'more than can be counted', ['Content-Length', '9007199254740992']],
    ['badLength', 'more than fits 64 bits', ['Content-Length', '18446744073709551621']],
    ['badLength', 'digits of another script', ['Content-Length', '\xb2']],
    ['badLength', 'two that differ', ['Content-Length', '5', 'content-length', '6']],
    ['lengthAndChunked', 'CL.TE', ['Content-Length', '5', 'Transfer-Encoding', 'chunked']],
    ['lengthAndChunked', 'TE.CL', ['Transfer-Encoding', 'chunked', 'Content-Length', '5']],
    ['badTransferEncoding', 'TE.TE', ['Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'identity']],
    ['badTransferEncoding', 'chunked twice', ['Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked']],
    ['badTransferEncoding', 'xchunked', ['Transfer-Encoding', 'xchunked']],
    ['badTransferEncoding', 'chunked with a tail', ['Transfer-Encoding', 'chunked;q=1']],
    ['badTransferEncoding', 'quoted', ['Transfer-Encoding', '"chunked"']],
    ['badTransferEncoding', 'identity', ['Transfer-Encoding', 'identity']],
    ['badTransferEncoding', 'chunked first', ['Transfer-Encoding', 'chunked, gzip']],
    ['badTransferEncoding', 'a coding before it', ['Transfer-Encoding', 'gzip, chunked']],
    ['badTransferEncoding', 'a list of one', ['Transfer-Encoding', ', chunked']],
    ['badTransferEncoding', 'a vertical tab', ['Transfer-Encoding', '\x0bchunked']],
    ['badTransferEncoding', 'nothing', ['Transfer-Encoding', '']]
  ])('%s: %s', (code, _what, fields) => {
    expect(ofRequest(fields)).toMatchObject({ fault: code, method: 'POST', target: '/', version: 'HTTP/1.1', fields })
    expect(() => outgoingFraming(request(fields))).toThrow(/no certain framing/)
  })

  it('knows no transfer coding in HTTP/1.0 (RFC 9112 §6.1)', () => {
    expect(requestFraming(request(['Transfer-Encoding', 'chunked'], 'HTTP/1.0'), strictWire)).toMatchObject({
      fault: 'badTransferEncoding'
    })
  })

  it('lets a policy choose chunked over a length, and refuse equal lengths', () => {
    expect(ofRequest(['Content-Length', '5', 'Transfer-Encoding', 'chunked'], { lengthAndChunked: 'chunkedWins' })).toEqual(chunked)
    expect(ofRequest(['Content-Length', '5', 'Content-Length', '5'], { equalLengths: 'fault' })).toMatchObject({ fault: 'badLength' })
  })

  it('is no less strict about a coding where chunked wins', () => {
    const policy = { lengthAndChunked: 'chunkedWins' } as const
    expect(ofRequest(['Content-Length', '5', 'Transfer-Encoding', 'xchunked'], policy)).toMatchObject({ fault: 'badTransferEncoding' })
  })
})

describe('response framing (RFC 9112 §6.3)', () => {
  const said = ['Content-Length', '5']
  it.each<[string, number, string, string[], BodyFraming]>([
    ['an answer to HEAD', 200, 'HEAD', said, none],
    ['100', 100, 'GET', said, none],
    ['101', 101, 'GET', [], none],
    ['204', 204, 'GET', said, none],
    ['304', 304, 'GET', said, none],
    ['2xx to CONNECT', 200, 'CONNECT', ['Transfer-Encoding', 'chunked'], none],
    ['a refused CONNECT', 403, 'CONNECT', said, length(5)],
    ['205, which should have none but may', 205, 'GET', said, length(5)],
    ['a length', 200, 'GET', said, length(5)],
    ['a list of equal lengths', 200, 'GET', ['Content-Length', '5 , 5', 'Content-Length', '5'], length(5)],
    ['chunked', 200, 'GET', ['Transfer-Encoding', 'chunked'], chunked],
    ['chunked beside a length', 200, 'GET', ['Transfer-Encoding', 'chunked', ...said], chunked],
    ['a coding, then chunked', 200, 'GET', ['Transfer-Encoding', 'gzip', 'Transfer-Encoding', 'Chunked'], chunked],
    ['an unknown coding', 200, 'GET', ['Transfer-Encoding', 'xchunked', ...said], untilClose],
    ['nothing said', 200, 'GET', [], untilClose]
  ])('%s', (_what, status, method, fields, framing) => {
    expect(responseFraming(response(status, fields), method)).toEqual(framing)
    expect(outgoingFraming(response(status, fields), method)).toEqual(framing)
  })

  it.each<[HeadFaultCode, string[]]>([
    ['badLength', ['Content-Length', '5, 6']],
    ['badLength', ['Content-Length', '5', 'Content-Length', '6']],
    ['badLength', ['Content-Length', 'five']],
    ['badLength', ['Content-Length', '5,']],
    ['badTransferEncoding', ['Transfer-Encoding', '']],
    ['badTransferEncoding', ['Transfer-Encoding', 'chunked, chunked']],
    ['badTransferEncoding', ['Transfer-Encoding', 'chunked, gzip']]
  ])('%s: %j', (code, fields) => {
    expect(responseFraming(response(200, fields), 'GET')).toMatchObject({ fault: code })
    expect(() => outgoingFraming(response(200, fields), 'GET')).toThrow(/no certain framing/)
  })
})
