/** Configs for both readers: the published schema and ours must agree on each. `good` ones are also the documentation's. */
export const good: Readonly<Record<string, unknown>> = {
  'one route': { routes: [{ match: '/', to: 'http://127.0.0.1:3000' }] },
  'no route': { $schema: './native.schema.json', listen: [], routes: [] },
  listeners: {
    listen: [{ port: 8080 }, { address: '::1', port: 8443, tls: true }, { address: '*', port: 80 }, { address: 'localhost', port: 65535 }],
    routes: []
  },
  certificates: {
    certificates: [{ names: ['app.test', '*.app.test'], certFile: 'app.pem', keyFile: '/keys/app.key', chainFile: 'c.pem' }],
    routes: []
  },
  everything: {
    routes: [
      {
        match: '/ws/',
        host: '*.app.test',
        to: 'wss://backend.test:8443/socket/',
        preserveHost: true,
        stripPrefix: false,
        requestHeaders: { set: { 'X-From': 'switchyard' }, add: { Forwarded: 'for=_x' }, remove: ['Cookie'] },
        responseHeaders: { set: { 'X-Served': 'ä' }, add: {}, remove: [] },
        timeouts: { connectMs: 0, answerMs: 86_400_000, idleMs: 1 },
        upgrade: 'any',
        verify: { chain: false, name: true, expiry: false, caFile: 'ca.pem', serverName: 'other.test' }
      }
    ]
  },
  'every action': {
    routes: [
      { match: '/a', files: 'public' },
      { match: '/b', redirect: { to: 'https://elsewhere.test/' } },
      { match: '/c', redirect: { status: 308, to: '/d' } },
      { match: '/d', respond: { status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'hello\n' } }
    ]
  },
  origins: {
    routes: ['ws://h', 'wss://h', 'http://h/', 'https://h:1/p', 'ws://[::1]:65535/x%20y', 'http://127.0.0.1:80'].map((to, i) => ({
      match: `/${i}`,
      to
    }))
  },
  'a port that is a float in writing': { listen: [{ port: 8080.0 }], routes: [] }
}

/** What is wrong, as text, so that the place can be told: the code, and line and column. */
export const bad: Readonly<Record<string, readonly [text: string, code: string, place: string]>> = {
  'a root that is none': ['[]', 'wrong-value', '1:1'],
  'no routes': ['{ "listen": [{ "port": 1 }] }', 'missing-key', '1:1'],
  'an unknown key': ['{\n  "rutes": [],\n  "routes": []\n}', 'unknown-key', '2:3'],
  'an unknown key of a route': ['{ "routes": [{ "match": "/",\n "too": "ws://h" , "to": "ws://h" }] }', 'unknown-key', '2:2'],
  'a key that objects have anyway': ['{ "routes": [], "constructor": 1 }', 'unknown-key', '1:17'],
  'a route without match': ['{ "routes": [\n  { "to": "ws://h" }] }', 'missing-key', '2:3'],
  'a match without slash': ['{ "routes": [{ "match": "ws", "to": "ws://h" }] }', 'wrong-value', '1:25'],
  'a match with a query': ['{ "routes": [{ "match": "/ws?x", "to": "ws://h" }] }', 'wrong-value', '1:25'],
  'no action': ['{ "routes": [{ "match": "/" }] }', 'no-action', '1:14'],
  'two actions': ['{ "routes": [{ "match": "/", "to": "ws://h",\n "files": "x" }] }', 'two-actions', '2:2'],
  'another scheme': ['{ "routes": [{ "match": "/", "to": "ftp://h" }] }', 'wrong-value', '1:36'],
  'an origin with a query': ['{ "routes": [{ "match": "/", "to": "ws://h/?a=1" }] }', 'wrong-value', '1:36'],
  'an origin with a user': ['{ "routes": [{ "match": "/", "to": "http://u:p@h/" }] }', 'wrong-value', '1:36'],
  'an origin’s port 0': ['{ "routes": [{ "match": "/", "to": "ws://h:0" }] }', 'wrong-value', '1:36'],
  'an origin’s port 65536': ['{ "routes": [{ "match": "/", "to": "ws://h:65536/" }] }', 'wrong-value', '1:36'],
  'a port 0': ['{ "listen": [{ "port": 0 }], "routes": [] }', 'wrong-value', '1:24'],
  'a port with a fraction': ['{ "listen": [{ "port": 80.5 }], "routes": [] }', 'wrong-value', '1:24'],
  'a port in quotes': ['{ "listen": [{ "port": "80" }], "routes": [] }', 'wrong-value', '1:24'],
  'an address that is none': ['{ "listen": [{ "address": "300.1.1.1", "port": 80 }], "routes": [] }', 'wrong-value', '1:27'],
  'a flag that is a word': ['{ "listen": [{ "port": 80, "tls": "yes" }], "routes": [] }', 'wrong-value', '1:35'],
  'a certificate without names': [
    '{ "certificates": [{ "names": [], "certFile": "a", "keyFile": "b" }], "routes": [] }',
    'too-few',
    '1:31'
  ],
  'a certificate without key': ['{ "certificates": [{ "names": ["a"], "certFile": "a" }], "routes": [] }', 'missing-key', '1:20'],
  'a host with a port': ['{ "routes": [{ "match": "/", "host": "a:80", "to": "ws://h" }] }', 'wrong-value', '1:38'],
  'an upgrade that is none': ['{ "routes": [{ "match": "/", "to": "ws://h", "upgrade": "websockets" }] }', 'wrong-value', '1:57'],
  'a negative time': ['{ "routes": [{ "match": "/", "to": "ws://h", "timeouts": { "idleMs": -1 } }] }', 'wrong-value', '1:70'],
  'a field name with a space': [
    '{ "routes": [{ "match": "/", "to": "ws://h", "requestHeaders": { "set": { "X Y": "1" } } }] }',
    'wrong-value',
    '1:75'
  ],
  'the proxy’s own field': [
    '{ "routes": [{ "match": "/", "to": "ws://h", "requestHeaders": { "set": { "connection": "Upgrade" } } }] }',
    'own-field',
    '1:75'
  ],
  'the proxy’s own field, removed': [
    '{ "routes": [{ "match": "/", "to": "ws://h", "responseHeaders": { "remove": ["Upgrade"] } }] }',
    'own-field',
    '1:78'
  ],
  'a field value with a line end': [
    '{ "routes": [{ "match": "/", "to": "ws://h", "requestHeaders": { "add": { "X": "a\\r\\nB: c" } } }] }',
    'wrong-value',
    '1:80'
  ],
  'a redirect of no such kind': ['{ "routes": [{ "match": "/", "redirect": { "status": 200, "to": "/" } }] }', 'wrong-value', '1:54'],
  'a redirect with a line end': ['{ "routes": [{ "match": "/", "redirect": { "to": "/\\r\\nX: y" } }] }', 'wrong-value', '1:50'],
  'an answer with 101': ['{ "routes": [{ "match": "/", "respond": { "status": 101 } }] }', 'wrong-value', '1:53'],
  'null for a value': ['{ "routes": [{ "match": "/", "to": null }] }', 'wrong-value', '1:36'],
  'a path with NUL': ['{ "routes": [{ "match": "/", "files": "a\\u0000b" }] }', 'wrong-value', '1:39']
}
