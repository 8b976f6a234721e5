import type { ToyConfig } from './toy/config.js'
import {
  asked,
  asks,
  bad,
  closes,
  config,
  hello,
  helloMasked,
  key,
  lines,
  ok,
  post,
  posted,
  says,
  switches,
  upgraded,
  upgrades
} from './wire-texts.js'
import type { WireScript } from './wires.js'

const c = 'c'
const a = 'a.test'
const b = 'b.test'

const ws = { '/': { to: ['a.test:80'], upgrade: true, retryMs: 60_000 } } as const
const guarded: Partial<ToyConfig> = {
  listen: [{ port: 8443, tls: true }],
  names: { 'www.test': { clientCertificates: 'none' }, 'admin.test': { clientCertificates: 'require', clientCaFile: '@CLIENT_CA@' } }
}

/** The playbooks (a) to (k), on both wires. */
export const wireScripts: readonly WireScript[] = [
  {
    letter: 'a',
    story: 'an upgrade answered 101 is a tunnel, whose bytes pass as they are',
    config: config(ws),
    acts: [
      { client: c, writes: upgrades('/ws') },
      { origin: a, accepts: upgraded(a, '/ws') },
      { origin: a, writes: switches },
      { client: c, reads: switches },
      { client: c, writes: helloMasked },
      { origin: a, reads: helloMasked },
      { origin: a, writes: hello + '\xff\xff\xff' },
      { client: c, reads: hello + '\xff\xff\xff' },
      { client: c, leaves: 'fin' },
      { origin: a, sees: 'fin' },
      { origin: a, writes: 'last words' },
      { client: c, reads: 'last words' },
      { origin: a, leaves: 'fin' },
      { client: c, sees: 'fin' }
    ]
  },
  {
    letter: 'a',
    story: 'an upgrade answered 200 is an answer like any other, and the connection goes on',
    config: config(ws),
    acts: [
      { client: c, writes: upgrades('/ws') },
      { origin: a, accepts: upgraded(a, '/ws') },
      { origin: a, writes: ok('no') },
      { client: c, reads: ok('no') },
      { client: c, writes: asks('/page') },
      { origin: a, accepts: asked(a, '/page') },
      { origin: a, writes: ok('page') },
      { client: c, reads: ok('page') }
    ]
  },
  {
    letter: 'a',
    story: 'a refusal marks the origin; it is asked again after its retry and not before',
    config: config(ws),
    dead: [a],
    acts: [
      { client: c, writes: upgrades('/ws') },
      { client: c, reads: says('503 Service Unavailable', closes) },
      { client: c, sees: 'fin' },
      { origin: a, listens: true },
      { passes: 59_000 },
      { client: 'c2', writes: upgrades('/ws') },
      { client: 'c2', reads: says('503 Service Unavailable', closes) },
      { origin: a, hears: 'nothing' },
      { passes: 1001 },
      { client: 'c3', writes: upgrades('/ws') },
      { origin: a, accepts: upgraded(a, '/ws') },
      { origin: a, writes: switches },
      { client: 'c3', reads: switches }
    ]
  },
  {
    letter: 'b',
    story: 'after a 502 a buffered body goes to the next origin',
    config: config({ '/': { to: ['a.test:80', 'b.test:80'], tryNextOn: [502], bufferBytes: 1024 } }),
    acts: [
      { client: c, writes: post() },
      { client: c, writes: 'hel' },
      { origin: a, hears: 'nothing' },
      { client: c, writes: 'lo' },
      { origin: a, accepts: posted(a) + 'hello' },
      { origin: a, writes: bad },
      { origin: b, accepts: posted(b) + 'hello' },
      { origin: b, writes: ok('done') },
      { client: c, reads: ok('done') },
      { origin: a, sees: 'fin' }
    ]
  },
  {
    letter: 'b',
    story: 'with half of the body gone the 502 passes, and nobody else is asked',
    config: config({ '/': { to: ['a.test:80', 'b.test:80'], tryNextOn: [502] } }),
    acts: [
      { client: c, writes: post() + 'hel' },
      { origin: a, accepts: posted(a) + 'hel' },
      { origin: a, writes: bad },
      { client: c, reads: bad },
      { origin: b, hears: 'nothing' }
    ]
  },
  {
    letter: 'c',
    story: 'a question aside is asked before the upgrade, without Upgrade, and its body goes nowhere',
    config: config({
      '/ws': { to: ['a.test:80'], upgrade: true, ask: '/auth', errors: { 401: { redirect: '/login' } } },
      '/auth': { to: ['b.test:80'] }
    }),
    acts: [
      { client: c, writes: upgrades('/ws') },
      { origin: b, accepts: lines('GET /auth HTTP/1.1', 'Host: b.test:80', key, 'X-Original-Target: /ws', '') },
      { origin: a, hears: 'nothing' },
      { origin: b, writes: ok('you may pass') },
      { origin: a, accepts: upgraded(a, '/ws') },
      { origin: a, writes: switches + hello },
      { client: c, reads: switches + hello }
    ]
  },
  {
    letter: 'c',
    story: 'a question answered no shows the page of the location that asked',
    config: config({
      '/ws': { to: ['a.test:80'], upgrade: true, ask: '/auth', errors: { 401: { redirect: '/login' } } },
      '/auth': { to: ['b.test:80'] }
    }),
    acts: [
      { client: c, writes: upgrades('/ws') },
      { origin: b, accepts: lines('GET /auth HTTP/1.1', 'Host: b.test:80', key, 'X-Original-Target: /ws', '') },
      { origin: b, writes: lines('HTTP/1.1 401 Unauthorized', 'WWW-Authenticate: Basic realm=x', 'Content-Length: 0', '') },
      { client: c, reads: lines('HTTP/1.1 302 Found', 'Location: /login', 'Content-Length: 0', '') },
      { origin: a, hears: 'nothing' }
    ]
  },
  {
    letter: 'c',
    story: 'a question that cannot be asked has an error page of its own',
    config: config({
      '/ws': { to: ['a.test:80'], upgrade: true, ask: '/auth' },
      '/auth': { to: ['dead.test:80'], errors: { 502: { to: '@spare' } } },
      '@spare': { to: ['b.test:80'] }
    }),
    dead: ['dead.test'],
    acts: [
      { client: c, writes: upgrades('/ws') },
      { origin: b, accepts: lines('GET /spare HTTP/1.1', 'Host: b.test:80', key, 'X-Original-Target: /ws', '') },
      { origin: b, writes: lines('HTTP/1.1 204 No Content', '') },
      { origin: a, accepts: upgraded(a, '/ws') },
      { origin: a, writes: switches },
      { client: c, reads: switches }
    ]
  },
  {
    letter: 'd',
    story: 'a fallback is told the length of a body that is gone, and no body follows',
    config: config({ '/': { to: ['a.test:80'], errors: { 502: { to: '@fallback' } } }, '@fallback': { to: ['b.test:80'] } }),
    acts: [
      { client: c, writes: post() + 'hello' },
      { origin: a, accepts: posted(a) + 'hello' },
      { origin: a, writes: bad },
      { origin: b, accepts: posted(b) },
      { origin: b, writes: ok('spare') },
      { client: c, reads: ok('spare') },
      { origin: b, sees: 'fin' }
    ]
  },
  {
    letter: 'e',
    story: 'an error document is served from its file after a failure',
    config: config({ '/': { to: ['dead.test:80'], errors: { 503: { file: '@ROOT@/down.html' } } } }),
    files: { 'down.html': '<p>back soon</p>' },
    dead: ['dead.test'],
    acts: [
      { client: c, writes: asks('/x') },
      {
        client: c,
        reads: lines('HTTP/1.1 503 Service Unavailable', 'Content-Type: text/html', 'Content-Length: 16', '') + '<p>back soon</p>'
      },
      { client: c, writes: asks('/y') },
      {
        client: c,
        reads: lines('HTTP/1.1 503 Service Unavailable', 'Content-Type: text/html', 'Content-Length: 16', '') + '<p>back soon</p>'
      }
    ]
  },
  {
    letter: 'e',
    story: 'an error document is served for a head that is none, and the connection ends',
    config: config({}, { errors: { 400: { file: '@ROOT@/bad.html' } } }),
    files: { 'bad.html': '<p>no</p>' },
    acts: [
      { client: c, writes: lines('GET / HTTP/1.1', 'Host: a', 'Host: b', '') },
      {
        client: c,
        reads: lines('HTTP/1.1 400 Bad Request', 'Content-Type: text/html', 'Content-Length: 9', 'Connection: close', '') + '<p>no</p>'
      },
      { client: c, sees: 'fin' }
    ]
  },
  {
    letter: 'f',
    story: 'files on the way down a path add a field, or deny',
    config: config({ '/': { to: ['a.test:80'], accessFiles: { root: '@ROOT@', name: '.toyaccess' } } }),
    files: { 'a/.toyaccess': 'field X-From: a\n', 'a/b/.toyaccess': 'deny\n' },
    acts: [
      { client: c, writes: asks('/a/page') },
      { origin: a, accepts: asked(a, '/a/page') },
      { origin: a, writes: ok('page') },
      { client: c, reads: lines('HTTP/1.1 200 OK', 'Content-Length: 4', 'X-From: a', '') + 'page' },
      { client: c, writes: asks('/a/b/page') },
      { client: c, reads: says('403 Forbidden') }
    ]
  },
  {
    letter: 'f',
    story: 'a map says the origin, and says another once its file changed',
    config: config({ '/': { map: '@ROOT@/hosts.map' } }),
    files: { 'hosts.map': 'blue a.test:80\n' },
    acts: [
      { client: c, writes: asks('/blue') },
      { origin: a, accepts: asked(a, '/blue') },
      { origin: a, writes: ok('1') },
      { client: c, reads: ok('1') },
      { rewrites: 'file', path: 'hosts.map', text: 'blue b.test:80\n' },
      { client: c, writes: asks('/blue') },
      { origin: b, accepts: asked(b, '/blue') },
      { origin: b, writes: ok('2') },
      { client: c, reads: ok('2') }
    ]
  },
  {
    letter: 'g',
    story: 'a handshake is held, edited and let go; so is its answer',
    config: config(ws),
    acts: [
      { gate: 'hold' },
      { client: c, writes: upgrades('/ws') },
      { origin: a, hears: 'nothing' },
      { gate: 'letGo', adds: ['X-Edited', 'yes'] },
      { origin: a, accepts: upgraded(a, '/ws').replace(/\r\n$/, 'X-Edited: yes\r\n\r\n') },
      { gate: 'hold' },
      { origin: a, writes: switches + hello },
      { gate: 'letGo', adds: ['X-Held', 'too'] },
      { client: c, reads: switches.replace(/\r\n$/, 'X-Held: too\r\n\r\n') + hello }
    ]
  },
  {
    letter: 'g',
    story: 'what is held is let go when its client leaves',
    config: config({ '/': { to: ['a.test:80'], upgrade: true, clientGone: 'close' } }),
    acts: [
      { gate: 'hold' },
      { client: c, writes: upgrades('/ws') },
      { client: c, leaves: 'rst' },
      { gate: 'letGo' },
      { origin: a, hears: 'nothing' }
    ]
  },
  {
    letter: 'h',
    story: 'a reload between a request and its answer: the old config answers it, the new one the next',
    config: config({ '/': { to: ['a.test:80'], upgrade: true, fields: ['X-Config', '1'] } }),
    acts: [
      { client: c, writes: asks('/x') },
      { origin: a, accepts: asked(a, '/x') },
      { reload: config({ '/': { to: ['b.test:80'], fields: ['X-Config', '2'] } }) },
      { origin: a, writes: ok('old') },
      { client: c, reads: lines('HTTP/1.1 200 OK', 'Content-Length: 3', 'X-Config: 1', '') + 'old' },
      { client: c, writes: asks('/x') },
      { origin: b, accepts: asked(b, '/x') },
      { origin: b, writes: ok('new') },
      { client: c, reads: lines('HTTP/1.1 200 OK', 'Content-Length: 3', 'X-Config: 2', '') + 'new' }
    ]
  },
  {
    letter: 'h',
    story: 'a tunnel outlives a reload',
    config: config(ws),
    acts: [
      { client: c, writes: upgrades('/ws') },
      { origin: a, accepts: upgraded(a, '/ws') },
      { origin: a, writes: switches },
      { client: c, reads: switches },
      { reload: config({ '/': { to: ['b.test:80'] } }) },
      { client: c, writes: helloMasked },
      { origin: a, reads: helloMasked },
      { origin: a, writes: hello },
      { client: c, reads: hello }
    ]
  },
  {
    letter: 'i',
    story: 'a client certificate is asked for by the name, and only there',
    config: config({ '/': { to: ['a.test:80'] } }, guarded),
    acts: [
      { client: c, secures: 'www.test', certificate: false, taken: true },
      { client: c, writes: asks('/open') },
      { origin: a, accepts: asked(a, '/open') },
      { origin: a, writes: ok('open') },
      { client: c, reads: ok('open') },
      { client: 'bare', secures: 'admin.test', certificate: false, taken: false },
      { client: 'holder', secures: 'admin.test', certificate: true, taken: true },
      { client: 'lost', secures: 'other.test', certificate: false, taken: false }
    ]
  },
  {
    letter: 'i',
    story: 'a connection of the open name carries no request for the guarded one',
    config: config({ '/': { to: ['a.test:80'] } }, guarded),
    acts: [
      { client: c, secures: 'www.test', certificate: false, taken: true },
      { client: c, writes: lines('GET / HTTP/1.1', 'Host: admin.test', '') },
      { client: c, reads: says('421 Misdirected Request') },
      { origin: a, hears: 'nothing' }
    ]
  },
  {
    letter: 'j',
    story: 'an HTTP/1.0 client is upgraded and gets bytes without any head',
    config: config(ws),
    acts: [
      { client: c, writes: upgrades('/ws', 'HTTP/1.0') },
      { origin: a, accepts: upgraded(a, '/ws') },
      { origin: a, writes: switches + hello },
      { client: c, reads: hello },
      { client: c, writes: helloMasked },
      { origin: a, reads: helloMasked }
    ]
  },
  {
    letter: 'j',
    story: 'what is pipelined behind a handshake is the tunnel’s once it stands',
    config: config(ws),
    acts: [
      { client: c, writes: upgrades('/ws') + helloMasked + asks('/smuggled') },
      { origin: a, accepts: upgraded(a, '/ws') },
      { origin: a, writes: switches },
      { client: c, reads: switches },
      { origin: a, reads: helloMasked + asks('/smuggled') }
    ]
  },
  {
    letter: 'j',
    story: 'what is pipelined behind a refused handshake is the next request',
    config: config(ws),
    acts: [
      { client: c, writes: upgrades('/ws') + asks('/next') },
      { origin: a, accepts: upgraded(a, '/ws') },
      { origin: a, writes: lines('HTTP/1.1 403 Forbidden', 'Content-Length: 2', '') + 'no' },
      { client: c, reads: lines('HTTP/1.1 403 Forbidden', 'Content-Length: 2', '') + 'no' },
      { origin: a, accepts: asked(a, '/next') },
      { origin: a, writes: ok('next') },
      { client: c, reads: ok('next') }
    ]
  },
  {
    letter: 'j',
    story: 'Expect is passed on: the body goes after the origin’s 100',
    config: config({ '/': { to: ['a.test:80'] } }),
    acts: [
      { client: c, writes: post('Expect: 100-continue') },
      { origin: a, accepts: posted(a, 'Expect: 100-continue') },
      { origin: a, writes: lines('HTTP/1.1 100 Continue', '') },
      { client: c, reads: lines('HTTP/1.1 100 Continue', '') },
      { client: c, writes: 'hello' },
      { origin: a, reads: 'hello' },
      { origin: a, writes: ok('done') },
      { client: c, reads: lines('HTTP/1.1 200 OK', 'Content-Length: 4', 'Connection: close', '') + 'done' },
      { client: c, sees: 'fin' }
    ]
  },
  {
    letter: 'j',
    story: 'Expect is refused: the body is never asked for',
    config: config({ '/': { to: ['a.test:80'] } }),
    acts: [
      { client: c, writes: post('Expect: 100-continue') },
      { origin: a, accepts: posted(a, 'Expect: 100-continue') },
      { origin: a, writes: lines('HTTP/1.1 417 Expectation Failed', 'Content-Length: 0', '') },
      { client: c, reads: lines('HTTP/1.1 417 Expectation Failed', 'Content-Length: 0', 'Connection: close', '') },
      { client: c, sees: 'fin' }
    ]
  },
  {
    letter: 'j',
    story: 'Expect is answered here: the origin hears nothing of it',
    config: config({ '/': { to: ['a.test:80'], expect: 'self', bufferBytes: 1024 } }),
    acts: [
      { client: c, writes: post('Expect: 100-continue') },
      { client: c, reads: lines('HTTP/1.1 100 Continue', '') },
      { origin: a, hears: 'nothing' },
      { client: c, writes: 'hello' },
      { origin: a, accepts: posted(a) + 'hello' },
      { origin: a, writes: ok('done') },
      { client: c, reads: ok('done') }
    ]
  },
  {
    letter: 'j',
    story: 'a client that resets while the origin thinks ends the request there',
    config: config({ '/': { to: ['a.test:80'], clientGone: 'close' } }),
    acts: [
      { client: c, writes: asks('/slow') },
      { origin: a, accepts: asked(a, '/slow') },
      { client: c, leaves: 'rst' },
      { origin: a, sees: 'fin' }
    ]
  },
  {
    letter: 'j',
    story: 'a client that half-closes still gets its answer',
    config: config({ '/': { to: ['a.test:80'], clientGone: 'carryOn' } }),
    acts: [
      { client: c, writes: asks('/slow') },
      { origin: a, accepts: asked(a, '/slow') },
      { client: c, leaves: 'fin' },
      { origin: a, writes: ok('late') },
      { client: c, reads: ok('late') },
      { client: c, sees: 'fin' }
    ]
  },
  {
    letter: 'k',
    story: 'a log line has bytes, times and the addresses of two attempts',
    config: config({ '/': { to: ['dead.test:80', 'a.test:80'], tryNextOn: ['failure'] } }, { log: true }),
    dead: ['dead.test'],
    acts: [
      { client: c, writes: asks('/x') },
      { origin: a, accepts: asked(a, '/x') },
      { origin: a, writes: ok('hello world') },
      { client: c, reads: ok('hello world') },
      { logs: ['127.0.0.1 "GET /x HTTP/1.1" 200 in=35 out=50 body=11 *ms [127.0.0.1:* 0 -/-/*ms, 127.0.0.1:* 200 *ms/*ms/*ms] complete'] }
    ]
  }
]
