import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Peer } from './peer.js'
import { ScriptedOrigin } from './scripted-origin.js'
import { ScriptedSite, proxyTo, responds } from './scripted-site.js'
import { Stage } from './stage.js'

const many = 1000
const handshake = 'GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'
const switches = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'
const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

let origin: ScriptedOrigin
let site: ScriptedSite
let stage: Stage

beforeEach(async () => {
  origin = await ScriptedOrigin.listening()
  site = new ScriptedSite({ decide: proxyTo(origin.port, { reuse: 'pool' }) })
  stage = await Stage.serving(site, { notes: null })
})
afterEach(async () => {
  await stage.close()
  await origin.unlisten()
})

async function openTunnel(): Promise<{ client: Peer; peer: Peer }> {
  const client = await stage.client()
  client.writes(handshake)
  const peer = await origin.accepts()
  await peer.reads(handshake)
  peer.writes(switches)
  await client.reads(switches)
  return { client, peer }
}
async function openTunnels(): Promise<{ client: Peer; peer: Peer }[]> {
  const all = []
  for (let i = 0; i < many; i++) all.push(await openTunnel())
  return all
}

describe('an engine that stops at once', () => {
  it('ends 1,000 tunnels within a second, each told to its site', async () => {
    const tunnels = await openTunnels()
    expect(stage.engine.counters.openTunnels).toBe(many)
    const began = performance.now()
    await stage.engine.close('now')
    expect(performance.now() - began).toBeLessThan(1000)
    expect(stage.engine.counters).toMatchObject({ openTunnels: 0, openExchanges: 0, openConnections: 0 })
    expect(site.accounts.filter(({ ended }) => ended === 'stopped')).toHaveLength(many)
    await Promise.all(tunnels.flatMap(({ client, peer }) => [client.seesEnd(), peer.seesEnd()]))
  })

  it('ends whatever is under way: a request, an answer, a body, an idle client, an idle origin, half a head', async () => {
    const idle = await stage.client('idle')
    idle.writes(get('/'))
    const pooled = await origin.accepts()
    await pooled.reads(get('/'))
    pooled.writes(ok)
    await idle.reads(ok)
    const half = await stage.client('half a head')
    half.writes('GET / HT')
    const waiting = await stage.client('waiting')
    waiting.writes(get('/wait'))
    // It takes the idle connection: the next one has another.
    await pooled.reads(get('/wait'))
    const answered = await stage.client('answered')
    answered.writes(get('/half'))
    const answering = await origin.accepts()
    await answering.reads(get('/half'))
    answering.writes('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')
    await answered.reads('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')
    await stage.caughtUp()
    await stage.engine.close('now')
    await Promise.all([idle, half, waiting, answered, pooled, answering].map((peer) => peer.seesEnd()))
    expect(stage.engine.counters).toMatchObject({ openExchanges: 0, openConnections: 0 })
    expect(site.accounts.map(({ ended }) => ended).sort()).toEqual(['complete', 'stopped', 'stopped'])
  })

  it('ends a graceful stop that goes on', async () => {
    const { client, peer } = await openTunnel()
    const over = stage.engine.close('graceful')
    await stage.engine.close('now')
    await over
    await Promise.all([client.seesEnd(), peer.seesEnd()])
  })
})

describe('an engine that stops gracefully', () => {
  it('takes no more connections, ends idle ones, and lets requests and tunnels end', async () => {
    const { client, peer } = await openTunnel()
    const idle = await stage.client('idle')
    idle.writes(get('/1'))
    const pooled = await origin.accepts()
    await pooled.reads(get('/1'))
    pooled.writes(ok)
    await idle.reads(ok)
    const asking = await stage.client('asking')
    asking.writes(get('/2') + get('/3'))
    await pooled.reads(get('/2'))
    const { port } = stage
    let isOver = false
    const over = stage.engine.close('graceful').then(() => (isOver = true))
    await idle.seesFin()
    await expect(stage.client('late', port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    idle.leaves('fin')
    pooled.writes(ok)
    await asking.reads(ok)
    await asking.seesFin()
    asking.leaves('fin')
    client.writes('still here')
    await peer.reads('still here')
    expect(isOver).toBe(false)
    client.leaves('fin')
    await peer.seesFin()
    peer.leaves('fin')
    await over
    await pooled.seesEnd()
  })

  it('is over at once where nothing is under way', async () => {
    await stage.engine.close('graceful')
    expect(stage.engine.listeners).toEqual([])
  })
})

describe('a reload', () => {
  it('with 1,000 tunnels open drops none', async () => {
    const tunnels = await openTunnels()
    for (let generation = 2; generation < 5; generation++) {
      await stage.serve(new ScriptedSite({ decide: () => responds(200, `${generation}`), generation }))
    }
    await Promise.all(
      tunnels.map(async ({ client, peer }, i) => {
        client.writes(`up ${i}`)
        peer.writes(`down ${i}`)
        await Promise.all([peer.reads(`up ${i}`), client.reads(`down ${i}`)])
      })
    )
    expect(stage.engine.counters.openTunnels).toBe(many)
    const next = await stage.client()
    next.writes(get('/'))
    await next.reads('HTTP/1.1 200 Said\r\nContent-Length: 1\r\n\r\n4')
  })
})
