/** Stands for a value that is long and not told by hand. */
export const anything = '(anything)'

/** What the native dialect does otherwise than httpd on the same probe, on purpose. */
export interface ByDesign {
  readonly why: string
  /** `group/probe`; `group/*`: all of its probes. */
  readonly at: readonly string[]
  /** Field of a difference → what is seen of Switchyard; null: nothing. A later entry counts more. */
  readonly differs: Readonly<Record<string, unknown>>
}

export const nativeGroups = ['ws-basic', 'http-upgrade-param', 'dead-backend', 'tunnel-bytes-ws'] as const

const request = (name: string) => `upstream.request[0].header ${name}`
const response = (name: string) => `client.response[0].${name}`

/** What a 101 has and httpd's answer to the same probe has not. */
const upgradedInstead = {
  [response('status')]: '101',
  [response('header content-type')]: null,
  [response('header content-length')]: null,
  [response('header upgrade')]: ['websocket'],
  [response('header connection')]: ['Upgrade'],
  [response('header sec-websocket-accept')]: ['s3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
  [response('body')]: null,
  [response('framing')]: 'upgrade',
  'client.tunnel': anything,
  'client.end.closed': true,
  'upstream.request[0].tunnel.received': anything
}
const upgradeSentInstead = {
  ...upgradedInstead,
  [request('upgrade')]: ['websocket'],
  [request('connection')]: ['Upgrade'],
  'upstream.request[0].tunnel.end': 'after-own-close'
}

export const byDesign: readonly ByDesign[] = [
  {
    why: 'The client’s Host goes on to ws and http origins, X-Forwarded-Proto is said, X-Forwarded-Server is a matter of httpd.',
    at: ['ws-basic/*', 'http-upgrade-param/*', 'tunnel-bytes-ws/*'],
    differs: {
      [request('host')]: ['www.example.test'],
      [request('x-forwarded-proto')]: ['http'],
      [request('x-forwarded-server')]: null
    }
  },
  {
    why: 'A connection of HTTP/1.1 is kept without a word about it (RFC 9112 §9.3).',
    at: ['ws-basic/plain GET on the ws path', 'ws-basic/catch-all', 'http-upgrade-param/plain GET', 'http-upgrade-param/h2c token'],
    differs: { [request('connection')]: null }
  },
  {
    why: 'Every route lets a WebSocket pass unless it says `"upgrade": "none"`.',
    at: ['ws-basic/upgrade on the catch-all'],
    differs: upgradeSentInstead
  },
  {
    why: 'Of a list of protocols the one that the route lets pass is asked for, wherever it stands (RFC 9110 §7.8).',
    at: ['http-upgrade-param/token list, websocket last'],
    differs: upgradeSentInstead
  },
  {
    why: 'The same; httpd passes the list and then refuses the origin’s choice of one.',
    at: ['http-upgrade-param/token list, websocket first'],
    differs: {
      ...upgradedInstead,
      [request('upgrade')]: ['websocket'],
      [response('header date')]: ['Thu, 01 Jan 2026 00:00:00 GMT'],
      [response('header server')]: ['recorder/1.0'],
      [response('header x-backend')]: ['BACKEND']
    }
  },
  {
    why: 'A token is compared whole; httpd compares its beginning.',
    at: ['http-upgrade-param/token with a suffix'],
    differs: { [request('connection')]: null, [request('upgrade')]: null }
  },
  {
    why: 'A GET whose kept connection turned out to be dead is sent once more (RFC 9112 §9.3.1), then answered 502 in plain text.',
    at: ['http-upgrade-param/backend dies early'],
    differs: {
      [response('header content-type')]: ['text/plain; charset=utf-8'],
      'upstream.requests': ['BACKEND GET /chat HTTP/1.1', 'BACKEND GET /chat HTTP/1.1']
    }
  },
  {
    why: 'An origin that refuses is 502, with the cause in plain text; there is no ErrorDocument.',
    at: ['dead-backend/*'],
    differs: {
      [response('status')]: '502',
      [response('header last-modified')]: null,
      [response('header etag')]: null,
      [response('header accept-ranges')]: null,
      [response('header content-length')]: ['79'],
      [response('header content-type')]: ['text/plain; charset=utf-8'],
      [response('body')]: anything
    }
  },
  {
    why: 'The connection goes on behind such an answer, unless a body may still come on it.',
    at: ['ws', 'plain on ws', 'http upgrade=', 'http', 'http again (worker in error)', 'retry=0'].map((name) => `dead-backend/${name}`),
    differs: { [response('header connection')]: null, 'client.end.closed': false }
  }
]
