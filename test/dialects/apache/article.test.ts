import { expect, test } from 'vitest'
import type { Arrival, ClientHello, Site } from '../../../shared/site.js'
import { get, handshake, headOutcome, linesOf, load, response, sent, siteOf, start, t0 } from './desk.js'

/** The lines that people copy from article to article. */
const article = `ProxyPreserveHost On
ProxyPass /ws/ ws://backend-server/
ProxyPassReverse /ws/ http://backend-server/
RequestHeader set Upgrade "websocket" env=HTTP_UPGRADE
RequestHeader set Connection "upgrade" env=HTTP_CONNECTION
`

test('without Listen and LoadModule it is served on 8080, with a note of both', () => {
  const { site, findings } = load(article)
  expect(site?.listeners.map(({ address, port, tls }) => ({ address, port, tls }))).toEqual([{ address: '*', port: 8080, tls: false }])
  expect(
    findings
      .filter((each) => each.severity === 'info')
      .map((each) => each.code)
      .sort()
  ).toEqual(['listen-assumed', 'modules-assumed'])
})

test('ports of virtual hosts, or what the command line says', () => {
  const virtual = load('<VirtualHost *:81 10.0.0.1:82>\nServerName a.test\n</VirtualHost>\n').site
  expect(virtual?.listeners.map((each) => [each.address, each.port])).toEqual([
    ['*', 81],
    ['10.0.0.1', 82]
  ])
  const asked = load(article, { listen: [{ address: '127.0.0.1', port: 9000, tls: false }] }).site
  expect(asked?.listeners.map((each) => [each.address, each.port])).toEqual([['127.0.0.1', 9000]])
})

test('a port that was asked for over TLS has it; the ports of virtual hosts are as these say', () => {
  const listen = [9000, 9443].map((port) => ({ address: '127.0.0.1', port, tls: port === 9443 }))
  const asked = load(`ServerName app.test\n${article}`, { listen }).site
  expect(asked?.listeners.map(({ port, tls }) => [port, tls])).toEqual([
    [9000, false],
    [9443, true]
  ])
  const on = (site: Site | null | undefined, port: number, address = '127.0.0.1'): Arrival =>
    ({ address, port, listener: site?.listeners.find((each) => each.port === port) }) as Arrival
  const hello = (serverName: string): ClientHello => ({ serverName, alpn: [] })
  expect(asked?.secure(on(asked, 9443), hello('app.test'))).toMatchObject({ certificate: { from: 'local', names: ['app.test'] } })
  // Whichever server it is for.
  const some = load(
    '<VirtualHost *>\nServerName a.test\nSSLEngine on\n</VirtualHost>\n<VirtualHost *>\nServerName b.test\n</VirtualHost>\n',
    {
      listen
    }
  ).site
  expect(some?.secure(on(some, 9443), hello('b.test'))).toMatchObject({ certificate: { from: 'local', names: ['b.test'] } })

  const secure = '<VirtualHost *:443>\nServerName a.test\nSSLEngine on\n</VirtualHost>\n'
  const virtual = load(`${secure}<VirtualHost *:443>\nServerName b.test\n</VirtualHost>\n`, { listen }).site
  expect(virtual?.listeners.map(({ port, tls }) => [port, tls])).toEqual([[443, true]])
  expect(virtual?.secure(on(virtual, 443), hello('b.test'))).toMatchObject({ refuse: 'close' })
  // Of an address that another server has the TLS of.
  const elsewhere = load('Listen 443\n<VirtualHost 10.0.0.5:443>\nServerName a.test\nSSLEngine on\n</VirtualHost>\n', { listen }).site
  expect(elsewhere?.secure(on(elsewhere, 443), hello('a.test'))).toMatchObject({ refuse: 'close' })
  expect(elsewhere?.secure(on(elsewhere, 443, '10.0.0.5'), hello('a.test'))).toMatchObject({ certificate: { names: ['a.test'] } })
})

test('it tunnels, and the RequestHeader lines are not why', () => {
  const site = siteOf(article)
  const head = get('/ws/chat', ...handshake)
  const { exchange, step } = start(site, head, 8080)
  const out = sent(step)
  expect(out.to).toMatchObject({ host: 'backend-server', port: 80 })
  expect(out.head.target).toBe('/chat')
  expect(linesOf(out.head.fields)).toEqual([
    'Host: www.example.test',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    'X-Forwarded-For: 127.0.0.1',
    'X-Forwarded-Host: www.example.test',
    'X-Forwarded-Server: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket'
  ])
  expect(exchange.next(headOutcome(response(101, 'Upgrade: websocket', 'Connection: Upgrade'), out.to), t0)).toMatchObject({ do: 'tunnel' })
  const { lines } = site.trace(exchange.decision(), head)
  const says = (part: string): string => lines.find((line) => line.directive.includes(part))?.says ?? ''
  expect(says('RequestHeader set Upgrade')).toMatch(/did not fire: no directive sets a variable HTTP_UPGRADE/)
  expect(says('RequestHeader set Connection')).toMatch(/no directive sets a variable HTTP_CONNECTION/)
  expect(says('ProxyPass /ws/')).toMatch(/a handshake with "Upgrade: websocket" is passed as one/)
  expect(lines.map((line) => line.directive)).toEqual(expect.arrayContaining(['no Listen', 'no LoadModule']))
})

test('no module is said to be assumed where the config loads its own, in whichever file', () => {
  const files = {
    '/srv/modules.conf': ['mpm_event', 'authz_core', 'headers', 'proxy', 'proxy_http', 'proxy_wstunnel']
      .map((name) => `LoadModule ${name}_module modules/mod_${name}.so\n`)
      .join('')
  }
  const notesOf = (text: string, modules?: readonly string[]): string[] => {
    const site = siteOf(text, modules === undefined ? { files } : { files, modules })
    const head = get('/ws/chat')
    const { lines } = site.trace(start(site, head).exchange.decision(), head)
    return lines.filter(({ verdict }) => verdict === 'note').map(({ directive }) => directive)
  }
  const served = 'Listen 80\nProxyPass /ws/ ws://127.0.0.1:3000/\n'
  expect(notesOf(`${files['/srv/modules.conf']}${served}`)).toEqual([])
  expect(notesOf(`Include modules.conf\n${served}`)).toEqual([])
  expect(notesOf(served, ['proxy_module', 'proxy_http_module', 'proxy_wstunnel_module'])).toEqual([])
  expect(notesOf(served)).toEqual(['no LoadModule'])
})

test('both lines are findings with their place', () => {
  const { findings } = load(article)
  const found = findings.filter((each) => each.code === 'apache-requestheader-env')
  expect(found.map((each) => each.span?.line)).toEqual([4, 5])
})

test('/ws without the slash is a near miss that the trace names', () => {
  const site = siteOf(article)
  const head = get('/ws')
  const { exchange } = start(site, head, 8080)
  expect(site.trace(exchange.decision(), head).lines.find((line) => line.verdict === 'missed')?.says).toMatch(
    /the slash at its end is missing/
  )
})
