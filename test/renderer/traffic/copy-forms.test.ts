import { describe, expect, it } from 'vitest'
import { connectLine, curlLine, headLines, webSocketExpression, wscatLine } from '../../../renderer/views/traffic/exchanges/copy-forms.js'
import { quoted } from '../../../renderer/state/shell-words.js'
import { exchange, http } from './rows.js'

const listener = {
  url: 'https://127.0.0.1:8443',
  address: '127.0.0.1',
  port: 8443,
  tls: true,
  production: { address: '*', port: 443 },
  exposed: false
}
const fields = [
  ['Host', 'app.example.com'],
  ['Origin', 'https://app.example.com'],
  ['Cookie', 'sid=abc'],
  ['X-Note', "it's"],
  ['Sec-WebSocket-Key', 'x3JJHMbDL1EzLkh9GBhXDw=='],
  ['Sec-WebSocket-Protocol', 'chat, superchat']
] as const

const masked = { secrets: false }
const whole = { secrets: true }
const connectOf = (...asked: Parameters<typeof wscatLine>) => connectLine(['switchyard'], ...asked)

describe('A request to make again', () => {
  it('goes to the listener here, not to the server that has the name', () => {
    const one = { row: http({ method: 'POST', target: '/api?a=1&b=2' }), fields, listener }
    expect(curlLine(one, masked)).toBe(
      `curl -i -X POST --connect-to ::127.0.0.1:8443 -H 'Origin: https://app.example.com' -H 'X-Note: it'\\''s' 'https://app.example.com/api?a=1&b=2'`
    )
    expect(curlLine(one, whole)).toContain(`-H 'Cookie: sid=abc'`)
  })
  it('is a WebSocket again, with what was offered', () => {
    const one = { row: exchange(), fields, listener }
    expect(connectOf(one, masked)).toBe(
      `switchyard connect wss://127.0.0.1:8443/ws/ --protocol chat --protocol superchat --header 'Host: app.example.com' --header 'Origin: https://app.example.com'`
    )
    expect(wscatLine(one, masked)).toContain(`wscat -c wss://127.0.0.1:8443/ws/ -H 'Host: app.example.com' -s chat -s superchat`)
    expect(webSocketExpression(one, masked)).toBe('new WebSocket("wss://app.example.com/ws/", ["chat","superchat"])')
    expect(webSocketExpression({ row: exchange(), fields: [] }, masked)).toBe('new WebSocket("wss://app.example.com/ws/")')
  })
  it('is the address as it is where that is the listener', () => {
    const row = exchange({ host: 'localhost:8443' })
    expect(connectLine(['node', '/my apps/switchyard.js'], { row, fields: [], listener }, masked)).toBe(
      "node '/my apps/switchyard.js' connect wss://localhost:8443/ws/"
    )
  })
  it('is one word of a shell each', () => {
    expect([`a`, `a b`, `it's`, `$(x)`].map((word) => quoted(word))).toEqual(['a', `'a b'`, `'it'\\''s'`, `'$(x)'`])
  })
  it('has its headers as they were, cookies masked', () => {
    const head = { from: 'client', stage: 'in', atUs: 0, startLine: 'GET / HTTP/1.1', fields, bytes: new Uint8Array() } as const
    expect(headLines(head, masked).split('\n').slice(0, 4)).toEqual([
      'GET / HTTP/1.1',
      'Host: app.example.com',
      'Origin: https://app.example.com',
      'Cookie: sid=•••'
    ])
  })
  it('has the tokens of its address where they are shown, and only there', () => {
    const one = { row: exchange({ target: '/ws/?room=1&token=abc' }), fields, listener }
    for (const form of [curlLine, wscatLine, connectOf, webSocketExpression]) {
      expect(form(one, masked)).toContain('?room=1&token=•••')
      expect(form(one, whole)).toContain('?room=1&token=abc')
    }
    const head = { from: 'client', stage: 'in', atUs: 0, startLine: 'GET /?sig=abc HTTP/1.1', fields: [], bytes: new Uint8Array() } as const
    expect([headLines(head, masked), headLines(head, whole)]).toEqual(['GET /?sig=••• HTTP/1.1', 'GET /?sig=abc HTTP/1.1'])
  })
})
