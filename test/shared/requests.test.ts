import { describe, expect, it } from 'vitest'
import { parseRequest, requestSchemas } from '../../shared/requests.js'

describe('parseRequest', () => {
  it.each([
    { id: 1, request: 'hello', params: { version: 1 } },
    { id: 0, request: 'status', params: {} },
    { id: 2 ** 32, request: 'view.open', params: { kind: 'frames', of: 3, filter: 'len>10' } },
    { id: 2, request: 'view.window', params: { view: 1, first: 10_000_000, count: 1000 } },
    { id: 3, request: 'frame.body', params: { exchange: 1, from: 'client', number: 0, form: 'inflated', offset: 0, length: 65_536 } }
  ])('takes $request as it is', (message) => {
    expect(parseRequest(message)).toEqual(message)
  })

  it.each([
    ['a request that does not exist', { id: 1, request: 'constructor', params: {} }, 1, /request/],
    ['a parameter that does not exist', { id: 1, request: 'status', params: { more: 1 } }, 1, /more/],
    ['a missing parameter', { id: 7, request: 'view.window', params: { view: 1, first: 0 } }, 7, /view\.window: count/],
    ['a count beyond a window', { id: 1, request: 'view.window', params: { view: 1, first: 0, count: 1001 } }, 1, /count/],
    ['a negative row', { id: 1, request: 'view.indexOf', params: { view: 1, rows: [0, -1] } }, 1, /rows\.1/],
    ['more rows than a window has', { id: 1, request: 'view.indexOf', params: { view: 1, rows: Array(1001).fill(0) } }, 1, /rows/],
    ['a fraction', { id: 1, request: 'exchange.get', params: { exchange: 1.5 } }, 1, /exchange/],
    ['a filter of 4097 chars', { id: 1, request: 'view.open', params: { kind: 'logs', filter: 'x'.repeat(4097) } }, 1, /filter/],
    ['sixty-five files', { id: 1, request: 'config.check', params: { files: Array(65).fill('a') } }, 1, /files/],
    ['an id that is no number', { id: 'x', request: 'status', params: {} }, null, /id/],
    ['an id below 0', { id: -1, request: 'status', params: {} }, null, /id/],
    ['more beside it', { id: 1, request: 'status', params: {}, token: 'x' }, 1, /token/],
    ['no object', 'status', null, /./],
    ['nothing', null, null, /./],
    ['a list', [1, 'status', {}], null, /./]
  ])('refuses %s, saying what is wrong', (_what, message, id, says) => {
    const refused = parseRequest(message)
    expect(refused).toEqual({ id, wrong: expect.stringMatching(says) })
  })

  it('takes no request without the parameters it lists', () => {
    for (const name of Object.keys(requestSchemas)) {
      const { wrong } = { wrong: '', ...parseRequest({ id: 1, request: name, params: null }) }
      expect(wrong, name).toContain(name)
    }
  })
})
