import { describe, expect, it } from 'vitest'
import {
  allHeads,
  connectLine,
  curlLine,
  headLines,
  webSocketExpression,
  wscatLine
} from '../../../renderer/views/traffic/exchanges/copy-forms.js'
import { quoted } from '../../../shared/shell-words.js'
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
const connectOf = (...asked: Parameters<typeof wscatLine>) => connectLine({ command: ['switchyard'], data: [] }, ...asked)

describe('A request to make again', () => {
  it('goes to the listener here, not to the server that has the name', () => {
    const one = { row: http({ method: 'POST', target: '/api?a=1&b=2' }), fields, listener }
    expect(curlLine(one, masked)).toBe(
      `curl -i -X POST --connect-to ::127.0.0.1:8443 -H 'Origin: https://app.example.com' -H 'X-Note: it'\\''s' 'https://app.example.com/api?a=1&b=2'`
    )
    expect(curlLine(one, whole)).toContain(`-H 'Cookie: sid=abc'`)
  })
  it('has its body again, as it was sent', () => {
    const one = { row: http({ method: 'POST', target: '/api' }), fields: [['Content-Type', 'application/json']], listener: null } as const
    expect(curlLine({ ...one, body: '{"it\'s":1}\n' }, masked)).toBe(
      `curl -i -X POST -H 'Content-Type: application/json' --data-raw '{"it'\\''s":1}\n' https://app.example.com/api`
    )
    expect(curlLine({ ...one, body: null }, masked)).not.toContain('--data')
  })
  it('asks for the upgrade where it was a handshake, as curl does not by itself', () => {
    const upgrade = [
      ['Connection', 'keep-alive, Upgrade'],
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Version', '13'],
      ['Sec-WebSocket-Extensions', 'permessage-deflate']
    ] as const
    expect(curlLine({ row: exchange(), fields: [...upgrade, ...fields], listener: null }, masked)).toBe(
      `curl -i --http1.1 -N -H 'Origin: https://app.example.com' -H 'X-Note: it'\\''s' -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==' -H 'Sec-WebSocket-Protocol: chat, superchat' https://app.example.com/ws/`
    )
  })
  it('is a WebSocket again, with what was offered', () => {
    const one = { row: exchange(), fields, listener }
    expect(connectOf(one, masked)).toBe(
      `switchyard connect wss://app.example.com/ws/ --to 127.0.0.1:8443 --protocol chat --protocol superchat --header 'Origin: https://app.example.com'`
    )
    expect(wscatLine(one, masked)).toContain(`wscat -c wss://127.0.0.1:8443/ws/ -H 'Host: app.example.com' -s chat -s superchat`)
    expect(webSocketExpression(one, masked)).toBe('new WebSocket("wss://app.example.com/ws/", ["chat","superchat"])')
    expect(webSocketExpression({ row: exchange(), fields: [] }, masked)).toBe('new WebSocket("wss://app.example.com/ws/")')
  })
  it('is the address as it is where that is the listener', () => {
    const row = exchange({ host: 'localhost:8443' })
    expect(connectLine({ command: ['node', '/my apps/switchyard.js'], data: [] }, { row, fields: [], listener }, masked)).toBe(
      "node '/my apps/switchyard.js' connect wss://localhost:8443/ws/"
    )
  })
  it('names the data folder, where the authority is, to a command that would look for it elsewhere', () => {
    const own = { command: ['switchyard'], data: ['--data', '/my data'] }
    const row = exchange({ host: 'localhost:8443' })
    expect(connectLine(own, { row, fields: [], listener }, masked)).toBe(`switchyard connect wss://localhost:8443/ws/ --data '/my data'`)
    expect(connectLine(own, { row: { ...row, scheme: 'http' }, fields: [], listener: null }, masked)).not.toContain('--data')
  })
  it('goes to the listener where its name is one that only the config knows, though its port is here', () => {
    const one = { row: exchange({ host: 'app.example.com:8443' }), fields: [], listener }
    expect(connectOf(one, masked)).toBe('switchyard connect wss://app.example.com:8443/ws/ --to 127.0.0.1:8443')
    expect(curlLine(one, masked)).toContain('--connect-to ::127.0.0.1:8443')
    const plain = { row: exchange({ host: '[::1]:8443' }), fields: [], listener }
    expect(connectOf(plain, masked)).toBe(`switchyard connect 'wss://[::1]:8443/ws/'`)
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
  it('has all heads of an exchange, each under whose it is', () => {
    const head = { atUs: 0, fields: [], bytes: new Uint8Array() }
    const heads = [
      { ...head, from: 'client', stage: 'in', startLine: 'GET /a HTTP/1.1' },
      { ...head, from: 'client', stage: 'out', startLine: 'GET /b HTTP/1.1' },
      { ...head, from: 'server', stage: 'in', startLine: 'HTTP/1.1 200 OK' },
      { ...head, from: 'server', stage: 'out', startLine: 'HTTP/1.1 200 OK' }
    ] as const
    expect(allHeads(heads, masked).split('\n')).toEqual([
      ...['# Client sent', 'GET /a HTTP/1.1', '', '# Backend received', 'GET /b HTTP/1.1', ''],
      ...['# Backend answered', 'HTTP/1.1 200 OK', '', '# Client received', 'HTTP/1.1 200 OK']
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
