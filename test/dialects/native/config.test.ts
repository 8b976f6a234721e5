import { describe, expect, it } from 'vitest'
import { nativeDialect, routeFromArgument } from '../../../main/dialects/native/index.js'
import { SwitchyardError } from '../../../shared/errors.js'
import type { ListenerSpec, Site } from '../../../shared/site.js'
import { runtimeRoots } from '../../../shared/steps.js'
import { start } from '../../playbooks/outcomes.js'
import { arrivalOn, handshake, requestOf } from '../../playbooks/play.js'
import { loadText, machine, opened, options, site } from './config.js'

const said = (text: string, host = machine()) =>
  loadText(text, host).findings.map(
    ({ severity, code, message, span, hint }) =>
      `${span?.line}:${span?.column} ${severity} ${code}: ${message}${hint === undefined ? '' : ` ${hint}`}`
  )

describe('what is wrong with a config', () => {
  it('is said where it stands, with what was probably meant, all of it at once', () => {
    expect(
      said(`{
  "listen": [{ "prot": 8080 }],
  "routes": [
    { "match": "/", "to": "http//127.0.0.1:3000", "upgrade": "websockets" },
    { "match": "/a", "too": "ws://a", "timeouts": { "connectMS": 1, "zzz": 2 } }
  ]
}`)
    ).toEqual([
      '2:16 error unknown-key: A listener has no "prot". Did you mean "port"?',
      '2:14 error missing-key: A listener needs "port".',
      '4:27 error wrong-value: "to" is a ws, wss, http or https URL of an origin, without query; here stands "http//127.0.0.1:3000". For example "ws://127.0.0.1:3000/".',
      '4:62 error wrong-value: "upgrade" is one of "websocket", "any", "none"; here stands "websockets". Did you mean "websocket"?',
      '5:22 error unknown-key: A route has no "too". Did you mean "to"?',
      '5:53 error unknown-key: "timeouts" has no "connectMS". Did you mean "connectMs"?',
      '5:69 error unknown-key: "timeouts" has no "zzz". Known here: connectMs, answerMs, idleMs.',
      '5:5 error no-action: A route needs one of "to", "files", "redirect" and "respond".'
    ])
  })

  it('is quoted as it was written, whose bytes are UTF-8', () => {
    const bytes = Buffer.from('{ "routes": [{ "match": "/é/", "to": "ws://a" }] }').toString('latin1')
    expect(said(bytes)).toEqual([
      '1:25 error wrong-value: "match" is a path in ASCII that begins with "/", without "?" and "#"; here stands "/é/".'
    ])
  })

  it('is a doubt where it could be meant, and the site stands', () => {
    const text = `{ "routes": [
  { "match": "/", "to": "ws://a", "verify": { "chain": false } },
  { "match": "/", "to": "ws://b" },
  { "match": "/s", "files": "missing", "upgrade": "any" },
  { "match": "/n", "respond": { "status": 204, "body": "x" } }
] }`
    expect(said(text)).toEqual([
      '2:35 warning unused-key: "verify" does nothing here: a ws or http origin has no certificate.',
      '3:3 warning shadowed-route: This route is never reached: the one on line 2 has the same prefix and host.',
      '4:20 warning folder-missing: /srv/missing is no folder here: its requests are answered 404.',
      '4:40 warning unused-key: "upgrade" does nothing here: this route has no "to".',
      '5:20 warning body-not-sent: A 204 has no body: this one is not sent (RFC 9110 §6.4.1).'
    ])
    expect(loadText(text).site).not.toBeNull()
  })

  it('takes two listeners of one address for an error', () => {
    expect(said('{ "listen": [{ "port": 80 }, { "port": 80, "tls": true }], "routes": [] }')).toEqual([
      '1:30 error duplicate-listen: 127.0.0.1:80 is listened on already.'
    ])
  })
})

describe('listeners', () => {
  it('are those of the config, else those of the command line, else one', () => {
    const listeners = (text: string, listen?: { address: string; port: number; tls: boolean }[]) =>
      loadText(text, machine(), listen === undefined ? {} : { listen }).site?.listeners.map(
        ({ address, port, tls }) => `${address} ${port} ${tls}`
      )
    const named = '{ "listen": [{ "port": 1 }, { "address": "::1", "port": 2, "tls": true }], "routes": [] }'
    expect(listeners(named, [{ address: '::', port: 9, tls: false }])).toEqual(['127.0.0.1 1 false', '::1 2 true'])
    expect(listeners('{ "routes": [] }', [{ address: '::', port: 9, tls: true }])).toEqual([':: 9 true'])
    expect(listeners('{ "listen": [], "routes": [] }', [])).toEqual(['127.0.0.1 8080 false'])
  })

  it('and routes of several files are one site, in order', () => {
    const files = [
      '{ "listen": [{ "port": 1 }], "routes": [{ "match": "/", "to": "ws://a" }] }',
      '{ "routes": [{ "match": "/b", "to": "ws://b" }] }'
    ]
    const { site: both } = nativeDialect.load(
      files.map((text, i) => ({ path: `/srv/${i}.json`, text })),
      machine(),
      options
    )
    const exchange = opened(both as Site, requestOf('GET /b HTTP/1.1\nHost: x'))
    expect(exchange.next(start, 0)).toMatchObject({ do: 'send', to: { host: 'b' } })
    expect(both?.directives?.map(({ file, line, text }) => `${file}:${line} ${text}`)).toEqual([
      '/srv/0.json:1 route "match": "/"',
      '/srv/0.json:1 "to": "ws://a"',
      '/srv/1.json:1 route "match": "/b"',
      '/srv/1.json:1 "to": "ws://b"'
    ])
  })
})

describe('certificates', () => {
  const config = {
    listen: [{ port: 8443, tls: true }],
    certificates: [
      { names: ['App.test', '*.app.test'], certFile: 'app.pem', keyFile: 'app.key' },
      { names: ['other.test'], certFile: '/c/other.pem', keyFile: '/c/other.key' }
    ],
    routes: [{ match: '/', host: 'third.test', to: 'ws://a' }]
  }
  const here = machine({ '/srv/app.pem': 'file', '/srv/app.key': 'file' })
  const certificateOf = (of: Site, serverName: string | null) => {
    const spec = of.secure(arrivalOn(of.listeners[0] as ListenerSpec), { serverName, alpn: [] })
    return 'refuse' in spec ? spec : spec.certificate
  }

  it('are chosen by name; what is not here, or in no certificate, is local', () => {
    const app = { from: 'files', certFile: '/srv/app.pem', keyFile: '/srv/app.key' }
    const of = site(config, here)
    expect([null, 'app.test', 'www.app.test'].map((name) => certificateOf(of, name))).toEqual([app, app, app])
    expect(certificateOf(of, 'a.b.app.test')).toEqual({ from: 'local', names: ['a.b.app.test'] })
    expect(certificateOf(of, 'other.test')).toEqual({ from: 'local', names: ['other.test'] })
    expect(of.findings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'certificate-missing /c/other.pem and /c/other.key are not here: other.test gets a local certificate instead.'
    ])
    expect(of.names).toEqual(['app.test', '*.app.test', 'other.test', 'third.test'])
    expect(certificateOf(site({ routes: [] }), null)).toEqual({ from: 'local', names: ['localhost'] })
  })

  it('that are broken stop the start', () => {
    const { site: none, findings } = loadText(
      JSON.stringify(config),
      machine({ '/srv/app.pem': 'file', '/srv/app.key': 'file' }, 'app.key is not the key of app.pem.')
    )
    expect(none).toBeNull()
    expect(findings[0]).toMatchObject({ code: 'certificate-broken', severity: 'error', message: 'app.key is not the key of app.pem.' })
  })

  it('of origins are checked against the runtime’s authorities where the system has no file of them', () => {
    const of = loadText('{ "routes": [{ "match": "/", "to": "wss://a" }] }').site as Site
    expect(opened(of, handshake('/')).next(start, 0)).toMatchObject({ to: { tls: { verify: { caFile: runtimeRoots } } } })
  })
})

describe('--route', () => {
  it('is a path, or a host and a path, and an origin', () => {
    expect(routeFromArgument('/ws/=ws://127.0.0.1:3000/')).toEqual({ match: '/ws/', to: 'ws://127.0.0.1:3000/' })
    expect(routeFromArgument('*.app.test/=https://api.test')).toEqual({ match: '/', host: '*.app.test', to: 'https://api.test' })
    expect(routeFromArgument('localhost/=http://h')).toEqual({ match: '/', host: 'localhost', to: 'http://h' })
    expect(routeFromArgument('/a=b=http://h/c=d')).toEqual({ match: '/a=b', to: 'http://h/c=d' })
  })

  it.each([
    ['/ws/', 'has no "=" between path and origin.'],
    ['ws=ws://h', 'needs a path in ASCII that begins with "/", without "?" and "#", before the "=".'],
    ['=ws://h', 'needs a path in ASCII that begins with "/", without "?" and "#", before the "=".'],
    ['/a?b=ws://h', 'needs a path in ASCII that begins with "/", without "?" and "#", before the "=".'],
    ['ws/=ws://h', 'has "ws" where a path that begins with "/", or a host name with a dot, is expected.'],
    ['a b/=ws://h', 'has "a b" where a path that begins with "/", or a host name, is expected.'],
    ['/=127.0.0.1:3000', 'needs a URL after the "=", such as ws://127.0.0.1:3000/, not "127.0.0.1:3000".'],
    ['/=ftp://h', 'names the scheme "ftp"; ws, wss, http and https are known.'],
    ['/=ws://h:70000/', 'has the port "70000"; ports go from 1 to 65535.'],
    ['/=ws://h:x', 'has the port "x"; ports go from 1 to 65535.'],
    ['/=ws://h/?q', 'has a query or a fragment in its origin; the query of the request goes on by itself.'],
    ['/=ws://u@h/', 'has a user name in its origin; set an Authorization field in a switchyard.json instead.'],
    ['/=ws://', 'has an origin that cannot be read: "ws://".']
  ])('%s is refused with what is wrong', (text, why) => {
    let thrown: unknown
    try {
      routeFromArgument(text)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(SwitchyardError)
    expect(thrown).toMatchObject({ code: 'bad-argument', message: `--route ${JSON.stringify(text)} ${why}` })
  })
})

describe('detection', () => {
  it('knows its own by name or brace, and no other server’s', () => {
    expect(nativeDialect.detect('', 'C:\\x\\switchyard.json')).toBe(1)
    expect(nativeDialect.detect('  {"routes": []}', 'a.conf')).toBe(1)
    expect(nativeDialect.detect('{}', 'a.json')).toBe(0.8)
    expect([nativeDialect.detect(' \n', 'quick-route.json'), nativeDialect.detect('', 'a.conf')]).toEqual([0.8, 0])
    expect(nativeDialect.detect('server { listen 80; }', 'nginx.conf')).toBe(0)
    expect(nativeDialect.detect('ProxyPass / http://a/', 'httpd.conf')).toBe(0)
  })
})

describe('a trace', () => {
  const of = site({
    routes: [
      { match: '/', to: 'http://all.test' },
      { match: '/ws/', to: 'ws://ws.test/', timeouts: { idleMs: 5 }, upgrade: 'none' },
      { match: '/ws/', host: 'b.test', to: 'ws://b.test' }
    ]
  })
  const traceOf = (head: ReturnType<typeof requestOf>) => {
    const exchange = opened(of, head)
    exchange.next(start, 0)
    return of.trace(exchange.decision(), head).lines.map(({ verdict, directive, says }) => `${verdict} | ${directive} | ${says}`)
  }

  it('says which keys took part, why there was no upgrade, and what nearly took it', () => {
    expect(traceOf(handshake('/ws/chat?a'))).toEqual([
      'applied | route "match": "/ws/" | The longest prefix of /ws/chat.',
      'applied | "to": "ws://ws.test/" | Sent to ws.test:80 as /chat?a.',
      'applied | "timeouts": { "idleMs": 5 } | These limits hold instead of the defaults.',
      'missed | "upgrade": "none" | The client’s Upgrade: websocket was left out: this route upgrades nothing.',
      'missed | route "match": "/ws/", "host": "b.test" | Its host is b.test, the request’s is server.example.com.',
      'missed | route "match": "/" | It matches as well, but another prefix is longer.'
    ])
  })

  it('says that a slash was missing, and that the default upgraded', () => {
    expect(traceOf(handshake('/ws'))).toEqual([
      'applied | route "match": "/" | The longest prefix of /ws.',
      'applied | "to": "http://all.test" | Sent to all.test:80 as /ws.',
      'default | default "upgrade": "websocket" | The client asks for websocket; websocket is asked of the origin.',
      'missed | route "match": "/ws/" | It matches /ws/ and what is below, not /ws itself.'
    ])
  })

  it('is kept as numbers: a host that did not fit is noted with the decision', () => {
    const exchange = opened(of, handshake('/ws/chat'))
    exchange.next(start, 0)
    expect(exchange.decision()).toEqual({ generation: 1, took: [2, 3, 4], missed: [6], route: 2 })
  })
})
