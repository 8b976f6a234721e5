import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Outcome } from '../../../shared/steps.js'
import { ScriptedOrigin } from './scripted-origin.js'
import { ScriptedSite, closing, patient, proxyTo, relays, responds, sends } from './scripted-site.js'
import type { Decide } from './scripted-site.js'
import { Stage } from './stage.js'

let origin: ScriptedOrigin
let stage: Stage

beforeEach(async () => {
  origin = await ScriptedOrigin.listening()
})
afterEach(async () => {
  await stage.close()
  await origin.unlisten()
})

async function serve(decide: Decide = proxyTo(origin.port)): Promise<ScriptedSite> {
  const site = new ScriptedSite({ decide })
  stage = await Stage.serving(site)
  return site
}
const post = (...fields: string[]): string => ['POST /form HTTP/1.1', 'Host: a', ...fields, '', ''].join('\r\n')
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

it('chunks a chunked body anew, extensions and trailers left out', async () => {
  await serve()
  const client = await stage.client()
  client.writes(post('Transfer-Encoding: chunked') + '3;a=b\r\nabc\r\n')
  const peer = await origin.accepts()
  await peer.reads(post('Transfer-Encoding: chunked') + '3\r\nabc\r\n')
  client.writes('a\r\n0123456789\r\n0\r\nX-Trailer: 1\r\n\r\n')
  await peer.reads('a\r\n0123456789\r\n0\r\n\r\n')
  peer.writes(ok)
  await client.reads(ok)
})

it('counts of each request its own bytes: a body that came with its head, no request that stands behind it', async () => {
  const site = await serve()
  const first = post('Content-Length: 5') + '12345'
  const second = post('Content-Length: 3') + '678'
  const client = await stage.client()
  client.writes(first + second)
  for (const [request, took] of [
    [first, 'one'],
    [second, 'two']
  ] as const) {
    const peer = await origin.accepts()
    await peer.reads(request)
    peer.writes(`HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n${took}`)
    await client.reads(`HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n${took}`)
  }
  expect(site.accounts.map(({ requestBytes }) => requestBytes)).toEqual([first.length, second.length])
})

it('takes a next request right behind a body', async () => {
  await serve()
  const client = await stage.client()
  client.writes(post('Content-Length: 3') + 'abcGET /next HTTP/1.1\r\nHost: a\r\n\r\n')
  const peer = await origin.accepts()
  await peer.reads(post('Content-Length: 3') + 'abc')
  peer.writes(ok)
  await client.reads(ok)
  await (await origin.accepts()).reads('GET /next HTTP/1.1\r\nHost: a\r\n\r\n')
})

it('a FIN behind a whole body cuts nothing short, though the origin is not connected to yet', async () => {
  await serve()
  const client = await stage.client()
  client.writes(post('Content-Length: 3') + 'abc')
  client.leaves('fin')
  const peer = await origin.accepts()
  await peer.reads(post('Content-Length: 3') + 'abc')
  peer.writes(ok)
  await client.reads(ok)
  await client.seesFin()
})

it('a FIN in the middle of a relayed body is told as such, and ends the request at the origin', async () => {
  const outcomes: Outcome[] = []
  const proxy = proxyTo(origin.port)
  await serve((outcome, request) => {
    outcomes.push(outcome)
    return proxy(outcome, request)
  })
  const client = await stage.client()
  client.writes(post('Content-Length: 5') + 'ab')
  const peer = await origin.accepts()
  await peer.reads(post('Content-Length: 5') + 'ab')
  client.leaves('fin')
  await peer.seesFin()
  await client.seesFin()
  expect(outcomes.at(-1)).toMatchObject({ was: 'failure', failure: { cause: 'bodyCutShort' } })
})

it('a client that leaves while nobody waits for its body disturbs no step: the outcome that was asked for comes', async () => {
  const told: string[] = []
  await serve((outcome) => {
    told.push(outcome.was)
    return outcome.was === 'start' ? { do: 'lookAt', paths: ['/'] } : responds(204, '', { persist: closing })
  })
  const client = await stage.client()
  client.writes(post('Content-Length: 5') + 'ab')
  client.leaves('fin')
  await client.readsAll()
  expect(told).toEqual(['start', 'files'])
})

it('chunking that is broken is a failure, and the origin gets no end of the body', async () => {
  const site = await serve()
  const client = await stage.client()
  client.writes(post('Transfer-Encoding: chunked') + '3\r\nabc\r\n')
  const peer = await origin.accepts()
  await peer.reads(post('Transfer-Encoding: chunked') + '3\r\nabc\r\n')
  client.writes('zz\r\n')
  await peer.seesFin()
  await client.reads('HTTP/1.1 502 Said\r\nContent-Length: 13\r\n\r\nbodyMalformed')
  await client.seesFin()
  expect(site.accounts[0]?.attempts).toHaveLength(1)
})

it('an answer that comes before the body is whole passes, and the upload carries on', async () => {
  await serve()
  const client = await stage.client()
  client.writes(post('Content-Length: 6') + 'ab')
  const peer = await origin.accepts()
  await peer.reads(post('Content-Length: 6') + 'ab')
  peer.writes('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nea')
  await client.reads('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nea')
  client.writes('cd')
  await peer.reads('cd')
  peer.writes('rl')
  await client.reads('rl')
  // The rest is read to nowhere, so that the next request can begin.
  client.writes('efGET /next HTTP/1.1\r\nHost: a\r\n\r\n')
  await (await origin.accepts()).reads('GET /next HTTP/1.1\r\nHost: a\r\n\r\n')
})

it('or it stops, where the site says so', async () => {
  await serve((outcome, request) => {
    if (outcome.was === 'start') return sends(origin.port, request)
    return relays('asReceived', { requestBody: 'stop', persist: closing })
  })
  const client = await stage.client()
  client.writes(post('Content-Length: 6') + 'ab')
  const peer = await origin.accepts()
  await peer.reads(post('Content-Length: 6') + 'ab')
  peer.writes('HTTP/1.1 413 No\r\nContent-Length: 4\r\n\r\nto')
  await client.reads('HTTP/1.1 413 No\r\nContent-Length: 4\r\n\r\nto')
  client.writes('cdef')
  await stage.caughtUp()
  peer.writes('o!')
  await client.reads('o!')
  await client.seesFin()
  expect(peer.unread).toBe('')
})

it('a body that came with its Expect is sent at once, without a 100', async () => {
  await serve(proxyTo(origin.port, { body: 'after100' }))
  const client = await stage.client()
  client.writes(post('Content-Length: 5', 'Expect: 100-continue') + 'hello')
  const peer = await origin.accepts()
  await peer.reads(post('Content-Length: 5', 'Expect: 100-continue') + 'hello')
  peer.writes('HTTP/1.1 100 Continue\r\n\r\n' + ok)
  await client.reads('HTTP/1.1 100 Continue\r\n\r\n' + ok)
})

it('a connection whose Expect was refused is not used again: the origin may wait for the body', async () => {
  await serve(proxyTo(origin.port, { body: 'after100', reuse: 'pool' }))
  const client = await stage.client()
  client.writes(post('Content-Length: 5', 'Expect: 100-continue'))
  const peer = await origin.accepts()
  await peer.reads(post('Content-Length: 5', 'Expect: 100-continue'))
  peer.writes('HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n')
  await client.reads('HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n')
  await peer.seesFin()
})

it('nor is one whose request promised a body that it never got', async () => {
  await serve(proxyTo(origin.port, { body: 'none', reuse: 'pool' }))
  const client = await stage.client()
  client.writes(post('Content-Length: 5') + 'hello')
  const peer = await origin.accepts()
  await peer.reads(post('Content-Length: 5'))
  peer.writes(ok)
  await client.reads(ok)
  await peer.seesFin()
})

it('a client that is silent within its body is told as timed out', async () => {
  const outcomes: Outcome[] = []
  const proxy = proxyTo(origin.port, { timeouts: { ...patient, bodyMs: 100 } })
  await serve((outcome, request) => {
    outcomes.push(outcome)
    return proxy(outcome, request)
  })
  const client = await stage.client()
  client.writes(post('Content-Length: 5') + 'ab')
  await client.reads('HTTP/1.1 502 Said\r\nContent-Length: 12\r\n\r\nbodyTimedOut')
  expect(outcomes.at(-1)).toMatchObject({ was: 'failure', failure: { cause: 'bodyTimedOut' } })
})

it('and so where the body is read into memory first', async () => {
  await serve((outcome) => {
    if (outcome.was === 'start') return { do: 'readBody', upToBytes: 100, timeouts: { ...patient, readMs: 100 } }
    return responds(408, outcome.was === 'failure' ? outcome.failure.cause : outcome.was, { persist: closing })
  })
  const client = await stage.client()
  client.writes(post('Content-Length: 5') + 'ab')
  await client.reads('HTTP/1.1 408 Said\r\nContent-Length: 12\r\n\r\nbodyTimedOut')
})

it('a body is spooled up to its bound; the rest follows from the wire', async () => {
  const read: number[] = []
  await serve((outcome, request) => {
    if (outcome.was === 'start') return { do: 'readBody', upToBytes: 4, timeouts: patient }
    if (outcome.was === 'body') {
      read.push(outcome.read.bytes)
      return sends(origin.port, request)
    }
    return relays()
  })
  const client = await stage.client()
  client.writes(post('Content-Length: 10') + '0123456789')
  const peer = await origin.accepts()
  await peer.reads(post('Content-Length: 10') + '0123456789')
  expect(read).toEqual([4])
  peer.writes(ok)
  await client.reads(ok)
})

it('a site that sends a body again that is gone breaks its exchange, and nothing else', async () => {
  await serve((outcome, request) => sends(origin.port, request))
  const client = await stage.client()
  client.writes(post('Content-Length: 5') + 'ab')
  const peer = await origin.accepts()
  await peer.reads(post('Content-Length: 5') + 'ab')
  peer.writes(ok)
  await client.readsUpTo('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
  expect(stage.log.map(({ code }) => code)).toEqual(['exchange-broken'])
})
