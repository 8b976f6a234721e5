import { expect, test } from 'vitest'
import { account, get, responded, sent, siteOf, start, t0 } from './desk.js'

const site = siteOf('Listen 80\nDocumentRoot /srv/www\n')

test.each(['/..%5c..%5csecret', '/a/..%5C../x', '/a%5c..', '/x/%2e%2e%5csecret', '/..\\x', '/a\\..\\..\\x'])(
  '%s leaves the DocumentRoot on no system',
  (path) => {
    expect(responded(start(site, get(path)).step).head.status).toBe(404)
  }
)

test('a backslash alone is a char like any other', () => {
  expect(start(site, get('/a%5cb..c')).step).toEqual({ do: 'lookAt', paths: ['/srv/www/a\\b..c'] })
})

test('an access line escapes what a client chose as httpd does', () => {
  const { exchange } = start(site, get('/\xe9"', 'User-Agent: a\tb\\\x9b31m'))
  const [line] = exchange.end(account(404), t0).log.filter(({ source }) => source === 'access')
  expect(line?.message).toContain('"GET /\\xe9\\" HTTP/1.1" 404 0 "-" "a\\tb\\\\\\x9b31m"')
})

test.each(['abc', '5x', '-1', '1.5', '0x5', '99999999999999999999', '5, 4', '0'])('Max-Forwards: %s goes no further', (hops) => {
  const proxy = siteOf('Listen 80\nProxyPass / http://127.0.0.1:3000/\n')
  expect(responded(start(proxy, get('/', `Max-Forwards: ${hops}`)).step).head).toMatchObject({ status: 400, reason: 'Proxy Error' })
})

test('Max-Forwards counts the hops that are left', () => {
  const proxy = siteOf('Listen 80\nProxyPass / http://127.0.0.1:3000/\n')
  const { fields } = sent(start(proxy, get('/', 'Max-Forwards: 5')).step).head
  expect(fields[fields.indexOf('Max-Forwards') + 1]).toBe('4')
})
