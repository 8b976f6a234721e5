import { describe, expect, test } from 'vitest'
import { failedAttempts } from '../../../renderer/views/traffic/inspect/attempt-words.js'
import type { Field } from '../../../renderer/views/traffic/inspect/field-rows.js'
import { acceptOf, handshakeChecks } from '../../../renderer/views/traffic/inspect/handshake-checks.js'
import { headText, maskedTarget, maskedValue } from '../../../renderer/views/traffic/inspect/secrets.js'

const rfcKey = 'dGhlIHNhbXBsZSBub25jZQ=='
const rfcAccept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='

describe('checks', () => {
  test('the key of RFC 6455 §1.3 is accepted as it says', async () => expect(await acceptOf(rfcKey)).toBe(rfcAccept))
  const request: Field[] = [
    ['Sec-WebSocket-Key', rfcKey],
    ['Sec-WebSocket-Protocol', 'chat, superchat'],
    ['Sec-WebSocket-Extensions', 'permessage-deflate; client_max_window_bits']
  ]
  const wordsOf = (response: Field[]) => handshakeChecks(request, response, 101, rfcAccept).map(({ tone, text }) => `${tone}: ${text}`)
  test('a good answer', () => {
    expect(
      wordsOf([
        ['sec-websocket-accept', rfcAccept],
        ['Sec-WebSocket-Protocol', 'chat'],
        ['Sec-WebSocket-Extensions', 'permessage-deflate']
      ])
    ).toEqual(['ok: Sec-WebSocket-Accept matches the key', 'ok: subprotocol chat, of 2 offered', 'ok: speaks permessage-deflate'])
  })
  test('an answer to something else', () => {
    expect(
      wordsOf([
        ['Sec-WebSocket-Accept', 'x'],
        ['Sec-WebSocket-Protocol', 'mqtt'],
        ['Sec-WebSocket-Extensions', 'x-webkit']
      ])
    ).toEqual([
      `bad: Sec-WebSocket-Accept does not match the key: ${rfcAccept} was due`,
      'bad: subprotocol mqtt was not offered',
      'bad: extension x-webkit was not offered'
    ])
  })
  test('nothing is said of an answer that is no handshake', () => expect(handshakeChecks(request, [], 404, rfcAccept)).toEqual([]))
})

describe('secrets', () => {
  test.each<[Field, string]>([
    [['Cookie', 'sid=s%3A9f1c0b; theme=dark'], 'sid=•••; theme=•••'],
    [['Set-Cookie', 'sid=abc=; Path=/; HttpOnly'], 'sid=•••; Path=/; HttpOnly'],
    [['authorization', 'Bearer abc.def'], 'Bearer •••'],
    [['Authorization', 'abcdef'], '•••'],
    [['X-Api-Key', 'k'], '•••'],
    [['Accept', '*/*'], '*/*']
  ])('%j is shown as %s', (field, shown) => expect(maskedValue(field)).toBe(shown))
  test('tokens in a query', () => {
    expect(maskedTarget('GET /ws?room=1&token=abc&x=2 HTTP/1.1')).toBe('GET /ws?room=1&token=•••&x=2 HTTP/1.1')
  })
  test('a head is copied masked unless it is shown', () => {
    const fields: Field[] = [['Cookie', 'a=1']]
    expect(headText('GET / HTTP/1.1', fields, false)).toBe('GET / HTTP/1.1\r\nCookie: a=•••\r\n\r\n')
    expect(headText('GET / HTTP/1.1', fields, true)).toBe('GET / HTTP/1.1\r\nCookie: a=1\r\n\r\n')
  })
})

test('attempts that failed are named, others not', () => {
  const notes = [
    { status: 101, host: 'a', address: 'a:1' },
    { status: 0, host: 'b', address: 'b:1', cause: 'refused', message: 'b:1 refused' },
    'odd'
  ]
  expect(failedAttempts(notes.map((note) => ({ atUs: 1, note })))).toEqual([{ address: 'b:1', cause: 'refused', message: 'b:1 refused' }])
})
