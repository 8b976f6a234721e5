import { describe, expect, it } from 'vitest'
import { readCurl, shellWords } from '../../../renderer/views/route/curl.js'
import { fieldsToAsk, readFields, writeFields } from '../../../renderer/views/route/fields-text.js'

describe('a curl command', () => {
  it('as Chromium copies it', () => {
    const line = `curl 'wss://app.example.com/ws/' \\
  -H 'Upgrade: websocket' \\
  -H 'Origin: https://app.example.com' \\
  -H $'X-Name: it\\'s \\u00e9' \\
  --compressed --insecure`
    expect(readCurl(line)).toEqual({
      method: 'GET',
      url: 'wss://app.example.com/ws/',
      upgrade: true,
      fields: [
        ['Upgrade', 'websocket'],
        ['Origin', 'https://app.example.com'],
        ['X-Name', "it's é"],
        ['Accept-Encoding', 'deflate, gzip, br, zstd']
      ]
    })
  })
  it('with a body is a POST with its length', () => {
    expect(readCurl(`curl -d 'a=é' -d b=2 example.com/x`)).toEqual({
      method: 'POST',
      url: 'http://example.com/x',
      upgrade: false,
      fields: [
        ['Content-Type', 'application/x-www-form-urlencoded'],
        ['Content-Length', '8']
      ]
    })
  })
  it('takes its method, cookies, user and query', () => {
    expect(readCurl('curl -sSkXPUT -b "a=1; b=2" -u me:secret https://h/')).toMatchObject({
      method: 'PUT',
      fields: [
        ['Cookie', 'a=1; b=2'],
        ['Authorization', 'Basic bWU6c2VjcmV0']
      ]
    })
    expect(readCurl('curl -G --data q=1 https://h/?a=b')).toMatchObject({ method: 'GET', url: 'https://h/?a=b&q=1', fields: [] })
    expect(readCurl('curl -I --url=https://h/')).toMatchObject({ method: 'HEAD', url: 'https://h/' })
  })
  it('skips what decides nothing, with its words', () => {
    expect(readCurl('$ curl -o out.txt --max-time 5 -x http://proxy https://h/')).toMatchObject({ url: 'https://h/', fields: [] })
  })
  it('is none without curl, or without a URL', () => {
    expect(readCurl('https://example.com/')).toBeNull()
    expect(readCurl('curl -v')).toBeNull()
  })
})

describe('words of a shell', () => {
  it.each([
    [`a 'b c' "d \\"e\\"" f\\ g`, ['a', 'b c', 'd "e"', 'f g']],
    [`a''b "" c`, ['ab', '', 'c']],
    [`curl ^"https://h/^" ^\r\n -H ^"A: b^"`, ['curl', 'https://h/', '-H', 'A: b']],
    [`$HOME '$x'`, ['$HOME', '$x']]
  ])('%s', (line, words) => expect(shellWords(line)).toEqual(words))
})

describe('fields', () => {
  it('are read and written one a line', () => {
    const fields = [
      ['Origin', 'https://h'],
      ['X-Empty', '']
    ] as const
    expect(readFields('Origin: https://h\n\nX-Empty:')).toEqual({ fields })
    expect(writeFields(fields)).toBe('Origin: https://h\nX-Empty: ')
    expect(readFields('Origin: a\nno colon')).toEqual({ wrong: 'Line 2 is not "Name: value".' })
  })
  it('of a head that was seen keep what decides', () => {
    const seen = [
      ['Host', 'app.example.com'],
      ['Connection', 'keep-alive, Upgrade'],
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Key', 'x'],
      ['Origin', 'https://h']
    ] as const
    expect(fieldsToAsk(seen, 'APP.example.com').map(([name]) => name)).toEqual(['Connection', 'Origin'])
    expect(fieldsToAsk([['Host', 'other']], 'app.example.com')).toEqual([['Host', 'other']])
  })
})
