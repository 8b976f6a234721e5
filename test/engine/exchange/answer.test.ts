import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ResponseHead } from '../../../shared/heads.js'
import { ScriptedOrigin } from './scripted-origin.js'
import { ScriptedSite, closing, kept, patient, proxyTo, relays, responds, sends } from './scripted-site.js'
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
const get = (target: string, method = 'GET'): string => `${method} ${target} HTTP/1.1\r\nHost: a\r\n\r\n`
const headOf = (...fields: string[]): ResponseHead => ({ version: 'HTTP/1.1', status: 200, reason: 'OK', fields })

describe('the answer of an origin', () => {
  it('is chunked anew, and the connection goes on', async () => {
    await serve()
    const client = await stage.client()
    client.writes(get('/'))
    const peer = await origin.accepts()
    await peer.reads(get('/'))
    peer.writes('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n')
    await client.reads('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n')
    peer.writes('0\r\n\r\n')
    await client.reads('0\r\n\r\n')
    client.writes(get('/2'))
    await (await origin.accepts()).reads(get('/2'))
  })

  it.each(['HTTP/1.1 204 No Content\r\n\r\n', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'])(
    'has no body where there can be none, and what follows it is not the next answer: %j',
    async (head) => {
      await serve(proxyTo(origin.port, { reuse: 'pool' }))
      const client = await stage.client()
      client.writes(get('/'))
      const peer = await origin.accepts()
      await peer.reads(get('/'))
      peer.writes(head + 'HTTP/1.1 200 Smuggled\r\nContent-Length: 0\r\n\r\n')
      await client.reads(head)
      await peer.seesEnd()
      client.writes(get('/2'))
      const other = await origin.accepts()
      await other.reads(get('/2'))
      other.writes('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
      await client.reads('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    }
  )

  it('to HEAD has no body, though it says a length', async () => {
    await serve(proxyTo(origin.port, { reuse: 'pool' }))
    const client = await stage.client()
    client.writes(get('/', 'HEAD') + get('/2', 'HEAD'))
    const peer = await origin.accepts()
    await peer.reads(get('/', 'HEAD'))
    peer.writes('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n')
    await client.reads('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n')
    await peer.reads(get('/2', 'HEAD'))
    expect(origin.connections).toBe(1)
  })

  it('longer than it says is cut there, and its connection is not used again', async () => {
    await serve(proxyTo(origin.port, { reuse: 'pool' }))
    const client = await stage.client()
    client.writes(get('/'))
    const peer = await origin.accepts()
    await peer.reads(get('/'))
    peer.writes('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 Smuggled\r\nContent-Length: 0\r\n\r\n')
    await client.reads('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    await peer.seesEnd()
    client.writes(get('/2'))
    await (await origin.accepts()).reads(get('/2'))
  })

  it('shorter than it says ends the connection of the client', async () => {
    const site = await serve()
    const client = await stage.client()
    client.writes(get('/'))
    const peer = await origin.accepts()
    await peer.reads(get('/'))
    peer.writes('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab')
    peer.leaves('fin')
    await client.reads('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab')
    await client.seesFin()
    expect(site.accounts).toMatchObject([{ ended: 'originGone', status: 200, responseBodyBytes: 2 }])
  })

  it('or resets it, where the site says so', async () => {
    await serve((outcome, request) =>
      outcome.was === 'start' ? sends(origin.port, request) : relays('asReceived', { body: { cutShort: 'reset' } })
    )
    const client = await stage.client()
    client.writes(get('/'))
    const peer = await origin.accepts()
    await peer.reads(get('/'))
    peer.writes('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab')
    peer.leaves('fin')
    await client.seesEnd()
    expect(client.end).toBe('rst')
  })

  it('that lasts until the origin closes ends with the connection of the client', async () => {
    await serve()
    const client = await stage.client()
    client.writes('GET / HTTP/1.0\r\n\r\n')
    const peer = await origin.accepts()
    await peer.reads('GET / HTTP/1.1\r\n\r\n')
    peer.writes('HTTP/1.1 200 OK\r\n\r\nall')
    peer.leaves('fin')
    await client.reads('HTTP/1.1 200 OK\r\n\r\nall')
    await client.seesFin()
  })

  it('to an HTTP/1.0 client may be unchunked, its end being the end of the connection whatever is said', async () => {
    await serve((outcome, request) => (outcome.was === 'start' ? sends(origin.port, request) : relays(headOf('X', 'y'), { persist: kept })))
    const client = await stage.client()
    client.writes('GET / HTTP/1.0\r\n\r\n')
    const peer = await origin.accepts()
    await peer.reads('GET / HTTP/1.1\r\n\r\n')
    peer.writes('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n')
    await client.reads('HTTP/1.1 200 OK\r\nX: y\r\n\r\nabc')
    await client.seesFin()
  })

  it('may be passed on in part, or without its body', async () => {
    const range = { fromByte: 3, bytes: 4 }
    await serve((outcome, request) => {
      if (outcome.was === 'start') return sends(origin.port, request)
      const part = 'target' in request && request.target === '/part'
      return relays(headOf('Content-Length', part ? '4' : '0'), { body: { cutShort: 'close', ...(part ? { range } : { discard: true }) } })
    })
    const client = await stage.client()
    client.writes(get('/part') + get('/none'))
    const peer = await origin.accepts()
    await peer.reads(get('/part'))
    peer.writes('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n01\r\n3\r\n234\r\n5\r\n56789\r\n0\r\n\r\n')
    await client.reads('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n3456')
    const second = await origin.accepts()
    await second.reads(get('/none'))
    second.writes('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngone')
    await client.reads('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  })

  it('is preceded by whatever 1xx came', async () => {
    await serve()
    const client = await stage.client()
    client.writes(get('/'))
    const peer = await origin.accepts()
    await peer.reads(get('/'))
    const all =
      'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
    peer.writes(all)
    await client.reads(all)
  })

  it('that never comes to its final head breaks the exchange in the end', async () => {
    await serve()
    const client = await stage.client()
    client.writes(get('/'))
    const peer = await origin.accepts()
    await peer.reads(get('/'))
    peer.writes('HTTP/1.1 102 Processing\r\n\r\n'.repeat(2000))
    await client.readsUpTo('HTTP/1.1 500 Internal Server Error')
    await peer.seesEnd()
  })

  it('that is not HTTP is a failure, with what was received', async () => {
    const seen: string[] = []
    await serve((outcome, request) => {
      if (outcome.was === 'start') return sends(origin.port, request)
      if (outcome.was === 'failure') seen.push(outcome.failure.cause, String(Buffer.from(outcome.failure.received ?? [])))
      return responds(502, '', { persist: closing })
    })
    const client = await stage.client()
    client.writes(get('/'))
    const peer = await origin.accepts()
    await peer.reads(get('/'))
    peer.writes('SSH-2.0-x\r\n')
    await client.reads('HTTP/1.1 502 Said\r\nContent-Length: 0\r\n\r\n')
    expect(seen).toEqual(['notHttp', 'SSH-2.0-x\r\n'])
  })

  it('that stalls in its body ends the exchange', async () => {
    const site = await serve(proxyTo(origin.port, { timeouts: { ...patient, readMs: 100 } }))
    const client = await stage.client()
    client.writes(get('/'))
    const peer = await origin.accepts()
    await peer.reads(get('/'))
    peer.writes('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab')
    await client.reads('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab')
    await client.seesFin()
    expect(site.accounts).toMatchObject([{ ended: 'timedOut' }])
  })

  it('that does not come in time is a failure of its own', async () => {
    await serve(proxyTo(origin.port, { timeouts: { ...patient, headMs: 100 } }))
    const client = await stage.client()
    client.writes(get('/'))
    await client.reads('HTTP/1.1 502 Said\r\nContent-Length: 12\r\n\r\nheadTimedOut')
  })
})

describe('an answer from here', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'answers-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('is made of bytes and stretches of files', async () => {
    const path = join(folder, 'letters')
    writeFileSync(path, 'abcdefghij')
    await serve(() => ({
      ...responds(200),
      head: headOf('Content-Length', '9'),
      body: [Buffer.from('<<'), { path, fromByte: 2, bytes: 5 }, Buffer.from('>>')]
    }))
    const client = await stage.client()
    client.writes(get('/') + get('/', 'HEAD') + get('/'))
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'
    await client.reads(`${head}<<cdefg>>${head}${head}<<cdefg>>`)
  })

  it('ends early with a file that became shorter', async () => {
    const path = join(folder, 'short')
    writeFileSync(path, 'abc')
    const site = await serve(() => ({ ...responds(200), head: headOf('Content-Length', '9'), body: [{ path, fromByte: 0, bytes: 9 }] }))
    const client = await stage.client()
    client.writes(get('/'))
    await client.reads('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc')
    await client.seesFin()
    expect(site.accounts).toMatchObject([{ ended: 'failed' }])
  })

  it('drops the answer that was pending, which the account still tells of', async () => {
    const site = await serve((outcome, request) => (outcome.was === 'start' ? sends(origin.port, request) : responds(200, 'mine')))
    const client = await stage.client()
    client.writes(get('/'))
    const peer = await origin.accepts()
    await peer.reads(get('/'))
    peer.writes('HTTP/1.1 502 No\r\nContent-Length: 3\r\n\r\nbad')
    await client.reads('HTTP/1.1 200 Said\r\nContent-Length: 4\r\n\r\nmine')
    await peer.seesEnd()
    expect(site.accounts).toMatchObject([{ status: 200, attempts: [{ status: 502 }], responseBodyBytes: 4 }])
  })

  it('lets the origin’s connection live on where the answer dropped is whole', async () => {
    await serve((outcome, request) => (outcome.was === 'start' ? sends(origin.port, request, { reuse: 'pool' }) : responds(200, 'mine')))
    const client = await stage.client()
    client.writes(get('/'))
    const peer = await origin.accepts()
    await peer.reads(get('/'))
    peer.writes('HTTP/1.1 502 No\r\nContent-Length: 3\r\n\r\nbad')
    await client.reads('HTTP/1.1 200 Said\r\nContent-Length: 4\r\n\r\nmine')
    client.writes(get('/2'))
    await peer.reads(get('/2'))
    expect(origin.connections).toBe(1)
  })

  it('with a head that cannot be sent breaks its exchange, not the engine', async () => {
    await serve((_, request) => {
      const bad = 'target' in request && request.target === '/bad'
      return bad ? { ...responds(200), head: headOf('X', 'a\r\nSet-Cookie: b') } : responds(200, 'good')
    })
    const broken = await stage.client()
    broken.writes(get('/bad'))
    await broken.readsUpTo('HTTP/1.1 500 Internal Server Error')
    const client = await stage.client()
    client.writes(get('/'))
    await client.reads('HTTP/1.1 200 Said\r\nContent-Length: 4\r\n\r\ngood')
  })

  it('is read by a client that is still writing its request: the connection ends by FIN, not by RST', async () => {
    await serve(() => responds(413, 'too much', { persist: closing }))
    const client = await stage.client()
    client.writes('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n')
    client.writes(Buffer.alloc(1_000_000, 'x'))
    await client.reads('HTTP/1.1 413 Said\r\nContent-Length: 8\r\n\r\ntoo much')
    await client.seesFin()
  })
})
