import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Site } from '../../shared/site.js'
import { siteOf } from '../dialects/apache/desk.js'
import { site as nativeSite } from '../dialects/native/config.js'
import { RecordingOrigin } from './recording-origin.js'
import { strictRequests } from './strict-requests.js'
import type { StrictRequest } from './strict-requests.js'
import { Stage } from './exchange/stage.js'

/**
 * RFC 9112 §11.2: what two readers could take for different requests must reach an origin as exactly one that leaves no
 * choice, or not at all, and then nothing that follows it on the connection may count as a request.
 */
interface Attack {
  readonly name: string
  readonly bytes: string
}
interface Legal extends Attack {
  /** The body that arrives at the origin. */
  readonly body: string
}

const inner = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n'
const after = 'GET /after HTTP/1.1\r\nHost: a\r\n\r\n'
const post = (fields: readonly string[], body: string): string => ['POST /first HTTP/1.1', 'Host: a', ...fields, '', body].join('\r\n')
const chunked = 'Transfer-Encoding: chunked'
const zero = `0\r\n\r\n${inner}`
const five = `5\r\nhello\r\n0\r\n\r\n`

const attacks: readonly Attack[] = [
  { name: 'CL.TE', bytes: post([`Content-Length: ${zero.length}`, chunked], zero) },
  { name: 'TE.CL', bytes: post([chunked, 'Content-Length: 3'], `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`) },
  { name: 'CL.TE with a length of 0', bytes: post(['Content-Length: 0', chunked], five) },
  ...[
    'Transfer-Encoding: xchunked',
    'Transfer-Encoding: chunked, identity',
    'Transfer-Encoding: identity, chunked',
    'Transfer-Encoding: identity',
    'Transfer-Encoding: chunked, chunked',
    'Transfer-Encoding: gzip, chunked',
    'Transfer-Encoding: "chunked"',
    'Transfer-Encoding: chunked;q=1',
    'Transfer-Encoding: chunked\x0b',
    'Transfer-Encoding: \x0bchunked',
    'Transfer-Encoding:\x0cchunked',
    'Transfer-Encoding: chunked\0',
    'Transfer-Encoding : chunked',
    'Transfer-Encoding\t: chunked',
    ' Transfer-Encoding: chunked',
    '\tTransfer-Encoding: chunked',
    'Transfer-Encoding:\r\n chunked',
    'Transfer-Encoding: chunked\r\n , identity',
    'Transfer_Encoding: chunked\r\nTransfer-Encoding: x',
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity',
    'Transfer-Encoding: identity\r\nTransfer-Encoding: chunked',
    'Transfer-Encoding: chunked\r\nTransfer-encoding: chunked',
    'X: y\rTransfer-Encoding: chunked',
    'X: y\nTransfer-Encoding: chunked',
    'X: y\r\r\nTransfer-Encoding: chunked',
    'X: y\0Transfer-Encoding: chunked'
  ].map((field) => ({ name: `TE.TE ${JSON.stringify(field)}`, bytes: post([`Content-Length: ${zero.length}`, field], zero) })),
  ...['+5', '-5', '0x5', '5 5', '5,5', '5, 6', '5;', '5.0', '١', '', ' ', '99999999999999999999', '5e0', "'5'"].map((length) => ({
    name: `Content-Length: ${JSON.stringify(length)}`,
    bytes: Buffer.from(post([`Content-Length: ${length}`], 'hello' + inner)).toString('latin1')
  })),
  { name: 'lengths that differ', bytes: post(['Content-Length: 5', `Content-Length: ${5 + inner.length}`], 'hello' + inner) },
  { name: 'a length folded into another field', bytes: post(['X: y\r\n Content-Length: 5', 'Content-Length: 0'], inner) },
  { name: 'a folded length', bytes: post(['Content-Length:\r\n 5'], 'hello' + inner) },
  { name: 'a space before the colon of a length', bytes: post(['Content-Length : 5'], 'hello' + inner) },
  { name: 'a field before any name', bytes: 'POST /first HTTP/1.1\r\n Host: a\r\nHost: b\r\nContent-Length: 0\r\n\r\n' },
  { name: 'two Hosts', bytes: `POST /first HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 0\r\n\r\n` },
  { name: 'no Host', bytes: 'POST /first HTTP/1.1\r\nContent-Length: 0\r\n\r\n' },
  { name: 'a coding in HTTP/1.0', bytes: `POST /first HTTP/1.0\r\nHost: a\r\n${chunked}\r\nContent-Length: 5\r\n\r\n${five}` },
  { name: 'a target with a line in it', bytes: `GET /first\rGET HTTP/1.1\r\nHost: a\r\n\r\n` },
  { name: 'a target with a space in it', bytes: `GET /first HTTP/1.1 /x HTTP/1.1\r\nHost: a\r\n\r\n` },
  { name: 'bare LFs that end a head early', bytes: `GET /first HTTP/1.1\nHost: a\nX: y\n\n${inner}` },
  { name: 'an empty line of CR CR LF', bytes: `POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\r\n${inner}` },
  ...[
    '0x5\r\nhello\r\n0\r\n\r\n',
    '+5\r\nhello\r\n0\r\n\r\n',
    '-5\r\nhello\r\n0\r\n\r\n',
    ' 5\r\nhello\r\n0\r\n\r\n',
    '5\nhello\n0\n\n',
    '5\rhello\r0\r\r',
    '5\r\rhello\r\n0\r\n\r\n',
    '5;a\nb\r\nhello\r\n0\r\n\r\n',
    '5;a\rb\r\nhello\r\n0\r\n\r\n',
    '5\r\nhello0\r\n\r\n',
    '5\r\nhelloXX0\r\n\r\n',
    '5\r\nhello\n0\r\n\r\n',
    '10000000000000005\r\nhello\r\n0\r\n\r\n',
    'fffffffffffffffb\r\nhello\r\n0\r\n\r\n',
    '00000000000000000005\r\nhello\r\n0\r\n\r\n',
    `5;${'x'.repeat(100_000)}\r\nhello\r\n0\r\n\r\n`,
    '5\r\nhello\r\n0\r\nX\r\n\r\n',
    '5\r\nhello\r\n0\r\nX : y\r\n\r\n',
    '5\r\nhello\r\n0\r\n X: y\r\n\r\n',
    '5\r\nhello\r\n0\r\nX: y\n\r\n',
    '5\r\nhello\r\n\r\n0\r\n\r\n',
    '\r\n5\r\nhello\r\n0\r\n\r\n',
    '5\r\nhello\r\n0\n\n',
    `5\r\nhello\r\n0\r\r\n\r\n`
  ].map((body) => ({ name: `chunks ${JSON.stringify(body.slice(0, 40))}`, bytes: post([chunked], body + inner) }))
]

const legal: readonly Legal[] = [
  { name: 'a length', bytes: post(['Content-Length: 5'], 'hello'), body: 'hello' },
  { name: 'a coding in capitals behind a tab', bytes: post(['TRANSFER-ENCODING:\tChunked'], five), body: 'hello' },
  {
    name: 'chunks with extensions and trailers',
    bytes: post([chunked], '5;a="b\r\nhello\r\n0;z\r\nContent-Length: 9\r\n\r\n'),
    body: 'hello'
  },
  { name: 'a body that looks like a request', bytes: post([`Content-Length: ${inner.length}`], inner), body: inner },
  {
    name: 'a length that Connection names',
    bytes: post([`Content-Length: ${inner.length}`, 'Connection: keep-alive, Content-Length'], inner),
    body: inner
  },
  {
    name: 'a coding that Connection names',
    bytes: post([chunked, 'Connection: Transfer-Encoding'], `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`),
    body: inner
  },
  { name: 'a GET with a body', bytes: post(['Content-Length: 5'], 'hello').replace('POST', 'GET'), body: 'hello' }
]

/** What httpd takes although RFC 9112 does not, having but one meaning to it: just that must arrive, written properly. */
const unfolded = ['a length folded into another field', 'a folded length']
const unsafe = [
  ...unfolded,
  'a space before the colon of a length',
  'bare LFs that end a head early',
  'chunks "5\\r\\nhello\\r\\n0\\r\\nX : y\\r\\n\\r\\n"'
]

interface Between {
  readonly name: string
  readonly takes: readonly string[]
  readonly make: (port: number) => Site
}
const dialects: readonly Between[] = [
  {
    name: 'the native dialect',
    takes: [],
    make: (port) => nativeSite({ listen: [{ address: '127.0.0.1', port: 80 }], routes: [{ match: '/', to: `http://127.0.0.1:${port}` }] })
  },
  {
    name: 'the apache dialect',
    takes: unfolded,
    make: (port) => siteOf(`Listen 127.0.0.1:80\nServerName a\nProxyPass / http://127.0.0.1:${port}/\n`)
  },
  {
    name: 'the apache dialect, HttpProtocolOptions Unsafe',
    takes: unsafe,
    make: (port) => siteOf(`Listen 127.0.0.1:80\nServerName a\nHttpProtocolOptions Unsafe\nProxyPass / http://127.0.0.1:${port}/\n`)
  }
]

/** The same site, and the targets of what it took for requests. */
function witnessed(site: Site, seen: string[]): Site {
  return {
    dialect: site.dialect,
    generation: site.generation,
    state: site.state,
    listeners: site.listeners,
    findings: site.findings,
    names: site.names,
    secure: (arrival, hello) => site.secure(arrival, hello),
    refused: (arrival, failure) => site.refused(arrival, failure),
    trace: (decision, request) => site.trace(decision, request),
    open: (arrival, head) => {
      if (!('fault' in head)) seen.push(head.target)
      return site.open(arrival, head)
    }
  }
}

describe.each(dialects)('between $name and a backend of another opinion', ({ make, takes }) => {
  const seen: string[] = []
  let origin: RecordingOrigin
  let stage: Stage
  beforeAll(async () => {
    origin = await RecordingOrigin.listening()
    stage = await Stage.serving(witnessed(make(origin.port), seen), { notes: null })
  })
  afterAll(async () => {
    await stage.close()
    await origin.close()
  })

  function targetsOf(upstream: readonly string[]): string[] {
    return upstream.flatMap((bytes) => requestsIn(bytes).map(({ target }) => target))
  }
  function requestsIn(bytes: string): StrictRequest[] {
    const requests = strictRequests(bytes)
    if (typeof requests === 'string') expect.fail(`${requests}, in ${JSON.stringify(bytes)}`)
    return requests
  }

  it.each(attacks)('$name', async ({ name, bytes }) => {
    origin.forget()
    seen.length = 0
    const client = await stage.client()
    client.writes(bytes + after)
    client.leaves('fin')
    await client.readsAll()
    const targets = targetsOf(await origin.whole())
    if (takes.includes(name)) return expect(targets).toEqual(seen)
    expect(targets.length).toBeLessThanOrEqual(1)
    expect(targets.filter((target) => target !== '/first')).toEqual([])
  })

  it.each(legal)('lets pass $name, and what follows it', async ({ bytes, body }) => {
    origin.forget()
    const client = await stage.client()
    client.writes(bytes + after)
    for (let answer = 1; answer <= 2; answer++) expect(await client.readsUpTo('\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /)
    const requests = (await origin.whole()).flatMap(requestsIn)
    expect(requests).toMatchObject([
      { target: '/first', body },
      { target: '/after', body: '' }
    ])
    client.leaves('rst')
  })
})
