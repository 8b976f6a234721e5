import { afterEach, beforeEach, expect, it } from 'vitest'
import { RecordKind } from '../../../shared/records.js'
import type { ListenerSpec } from '../../../shared/site.js'
import type { Peer } from './peer.js'
import { ScriptedOrigin } from './scripted-origin.js'
import { ScriptedSite, closing, kept, proxyTo, relays, responds, sends } from './scripted-site.js'
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

async function serve(decide: Decide = () => responds(200), listener: Partial<ListenerSpec> = {}): Promise<ScriptedSite> {
  const site = new ScriptedSite({ decide, listeners: [listener] })
  stage = await Stage.serving(site)
  return site
}
const get = (target: string, ...fields: string[]): string => [`GET ${target} HTTP/1.1`, 'Host: a', ...fields, '', ''].join('\r\n')
const empty = 'HTTP/1.1 200 Said\r\nContent-Length: 0\r\n\r\n'
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

it('answers a thousand pipelined requests in order', async () => {
  await serve((_, request) => responds(200, 'target' in request ? request.target : ''))
  const client = await stage.client()
  const targets = Array.from({ length: 1000 }, (_, i) => `/${i}`)
  client.writes(targets.map((target) => get(target)).join(''))
  await client.reads(targets.map((target) => `HTTP/1.1 200 Said\r\nContent-Length: ${target.length}\r\n\r\n${target}`).join(''))
})

it('answers what was pipelined before a FIN, then ends', async () => {
  await serve(proxyTo(origin.port))
  const client = await stage.client()
  client.writes(get('/1') + get('/2'))
  client.leaves('fin')
  for (const target of ['/1', '/2']) {
    const peer = await origin.accepts()
    await peer.reads(get(target))
    peer.writes(ok)
    await client.reads(ok)
  }
  await client.seesFin()
})

it('answers a request that a FIN cuts short as the fault it is', async () => {
  await serve((_, request) => responds(400, 'fault' in request ? request.fault : 'none', { persist: closing }))
  const client = await stage.client()
  client.writes('GET / HTTP/1.1\r\nHo')
  client.leaves('fin')
  await client.reads('HTTP/1.1 400 Said\r\nContent-Length: 8\r\n\r\ncutShort')
  await client.seesFin()
})

it('counts the requests of a connection', async () => {
  const site = await serve()
  const client = await stage.client()
  client.writes(get('/1') + get('/2'))
  await client.reads(empty + empty)
  expect(site.arrivals.map(({ connection, request }) => [connection, request])).toEqual([
    [1, 1],
    [1, 2]
  ])
})

it('never goes on after a request that was none, whatever the site says', async () => {
  await serve(() => responds(400, '', { persist: kept }))
  const client = await stage.client()
  client.writes('GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n' + get('/smuggled'))
  await client.reads('HTTP/1.1 400 Said\r\nContent-Length: 0\r\n\r\n')
  await client.seesFin()
  expect(stage.notes.of(RecordKind.exchangeOpened)).toHaveLength(1)
})

it('ends a connection that says nothing, and one that stays silent after an answer', async () => {
  await serve(() => responds(200, '', { persist: { ...kept, idleMs: 100 } }), { first: { ...kept, idleMs: 100 } })
  const silent = await stage.client()
  await silent.seesFin()
  const client = await stage.client()
  client.writes(get('/'))
  await client.reads(empty)
  await client.seesFin()
})

it('tells a head that does not come to its end as timed out', async () => {
  await serve((_, request) => responds(408, 'fault' in request ? request.fault : '', { persist: closing }), {
    first: { ...kept, headMs: 100 }
  })
  const client = await stage.client()
  client.writes('GET / HTTP/1.1\r\nHost')
  await client.reads('HTTP/1.1 408 Said\r\nContent-Length: 8\r\n\r\ntimedOut')
  await client.seesFin()
})

it('uses a connection to an origin again, in the order that they came back', async () => {
  await serve(proxyTo(origin.port, { reuse: 'pool' }))
  const client = await stage.client()
  client.writes(get('/1'))
  const peer = await origin.accepts()
  await peer.reads(get('/1'))
  peer.writes(ok)
  await client.reads(ok)
  client.writes(get('/2'))
  await peer.reads(get('/2'))
  peer.writes('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok')
  await client.readsUpTo('\r\n\r\nok')
  await peer.seesFin()
  expect(origin.connections).toBe(1)
})

it.each([
  ['HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok', false],
  ['HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok', true],
  ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: x, Close\r\n\r\nok', false]
])('keeps an origin as it says: %j %j', async (answer, again) => {
  await serve(proxyTo(origin.port, { reuse: 'pool' }))
  const client = await stage.client()
  client.writes(get('/1') + get('/2'))
  const first = await origin.accepts()
  await first.reads(get('/1'))
  first.writes(answer)
  await client.readsUpTo('\r\n\r\nok')
  const second = again ? first : await origin.accepts()
  await second.reads(get('/2'))
})

it('drops an idle origin that closes or says something', async () => {
  await serve(proxyTo(origin.port, { reuse: 'pool' }))
  const client = await stage.client()
  for (const [target, talk] of [
    ['/1', 'HTTP/1.1 408 Timeout\r\n\r\n'],
    ['/2', null]
  ] as const) {
    client.writes(get(target))
    const peer = await origin.accepts()
    await peer.reads(get(target))
    peer.writes(ok)
    await client.reads(ok)
    if (talk === null) peer.leaves('fin')
    else peer.writes(talk)
    await peer.seesEnd()
  }
  client.writes(get('/3'))
  await (await origin.accepts()).reads(get('/3'))
  expect(origin.connections).toBe(3)
})

it('tells of a connection that died while it was used again, so that the site can try another', async () => {
  const reused: boolean[] = []
  await serve((outcome, request) => {
    if (outcome.was === 'start') return sends(origin.port, request, { reuse: 'pool' })
    if (outcome.was === 'failure') {
      reused.push(outcome.attempt.reused)
      return sends(origin.port, request)
    }
    return relays()
  })
  const client = await stage.client()
  client.writes(get('/1'))
  const first = await origin.accepts()
  await first.reads(get('/1'))
  first.writes(ok)
  await client.reads(ok)
  client.writes(get('/2'))
  await first.reads(get('/2'))
  first.leaves('fin')
  const second = await origin.accepts()
  await second.reads(get('/2'))
  second.writes(ok)
  await client.reads(ok)
  expect(reused).toEqual([true])
})

it('keeps at most 64 idle connections of one key', async () => {
  await serve(proxyTo(origin.port, { reuse: 'pool' }))
  const clients = await Promise.all(Array.from({ length: 70 }, () => stage.client()))
  for (const client of clients) client.writes(get('/'))
  const peers: Peer[] = []
  for (let i = 0; i < clients.length; i++) peers.push(await origin.accepts())
  for (const peer of peers) {
    await peer.reads(get('/'))
    peer.writes(ok)
  }
  await Promise.all(clients.map((client) => client.reads(ok)))
  let ended = 0
  const enough = new Promise<void>((resolve) => {
    for (const peer of peers) void peer.seesEnd().then(() => ++ended === 6 && resolve())
  })
  await enough
  await origin.caughtUp()
  expect(ended).toBe(6)
})

it('tells a site that watches of a FIN while the origin thinks', async () => {
  const site = await serve(proxyTo(origin.port, { watchClient: true }))
  const client = await stage.client()
  client.writes(get('/'))
  const peer = await origin.accepts()
  await peer.reads(get('/'))
  client.leaves('fin')
  await peer.seesEnd()
  await client.seesEnd()
  expect(site.accounts).toMatchObject([{ ended: 'clientGone' }])
})

it('but not before what was pipelined is read', async () => {
  const site = await serve(proxyTo(origin.port, { watchClient: true }))
  const client = await stage.client()
  client.writes(get('/1') + get('/2'))
  client.leaves('fin')
  const first = await origin.accepts()
  await first.reads(get('/1'))
  first.writes(ok)
  await client.reads(ok)
  await client.seesEnd()
  expect(site.accounts.map(({ ended }) => ended)).toEqual(['complete', 'clientGone'])
})
