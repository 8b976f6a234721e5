import { once } from 'node:events'
import type net from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Stage } from '../../../main/engine/tunnel/link.js'
import { RecordKind, fromClient } from '../../../shared/records.js'
import type { GapNote, Recorder } from '../../../shared/records.js'
import { TestAuthority } from '../wire/certificates.js'
import type { Made } from '../wire/certificates.js'
import { TunnelStand, take } from './stand.js'

let authority: TestAuthority
let pair: Made
beforeAll(() => {
  authority = new TestAuthority()
  pair = authority.issue('DNS:localhost')
})
afterAll(() => authority.remove())

/** RFC 6455 §5.7. */
const maskedHello = Buffer.from('818537fa213d7f9f4d5158', 'hex')
const hello = Buffer.from('810548656c6c6f', 'hex')
const close1000 = Buffer.from('880203e8', 'hex')

function failure(socket: net.Socket): Promise<string | undefined> {
  return new Promise((resolve) => socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code)))
}
/** However it ends: a wire destroyed with bytes unread (session tickets) is reset by the system. */
async function gone(socket: net.Socket): Promise<void> {
  socket.resume().end()
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
}
async function end(socket: net.Socket): Promise<void> {
  socket.resume()
  if (!socket.readableEnded) await once(socket, 'end')
}

describe.each([
  ['plain', false],
  ['TLS', true]
])('a tunnel, %s', (_name, secure) => {
  let stand: TunnelStand
  beforeEach(async () => {
    stand = await TunnelStand.open(secure ? pair : null)
  })
  afterEach(() => stand.close())

  it('sends early bytes first, in both directions, and counts them', async () => {
    const { client, origin, tunnel, ended } = await stand.join({ earlyFromClient: maskedHello.subarray(0, 4), earlyFromServer: hello })
    client.write(maskedHello.subarray(4))
    expect(await take(origin, 11)).toEqual(maskedHello)
    expect(await take(client, 7)).toEqual(hello)
    expect(tunnel.counts).toMatchObject({ bytesFromClient: 11, bytesFromServer: 7, framesFromClient: 1, framesFromServer: 1 })
    client.end(close1000)
    await end(origin)
    origin.end()
    await end(client)
    expect(await ended).toMatchObject({ endedBy: 'client', closeFromClient: 1000, closeFromServer: 0, framesFromClient: 2 })
  })

  it('passes a FIN behind the bytes, and keeps the other way open', async () => {
    const { client, origin, ended } = await stand.join()
    origin.end(hello)
    expect(await take(client, 7)).toEqual(hello)
    await end(client)
    client.end(maskedHello)
    expect(await take(origin, 11)).toEqual(maskedHello)
    await end(origin)
    expect(await ended).toMatchObject({ endedBy: 'server', bytesFromClient: 11, bytesFromServer: 7 })
  })

  it('ends both ways where a FIN is not to be passed on alone', async () => {
    const { client, origin, ended } = await stand.join({ halfClose: { fromClient: 'end', fromServer: 'pass' } })
    client.end(maskedHello)
    expect(await take(origin, 11)).toEqual(maskedHello)
    await Promise.all([end(origin), end(client)])
    expect(await ended).toMatchObject({ endedBy: 'client' })
  })

  it('turns a reset of the client into a FIN for the origin, behind what it sent', async () => {
    const { client, origin, wires, ended } = await stand.join()
    client.write(hello)
    expect(await take(origin, 7)).toEqual(hello)
    wires.client.destroy()
    await end(origin)
    expect(await ended).toMatchObject({ endedBy: 'client', bytesFromClient: 7 })
    origin.end()
  })

  it('is closed from here: at once, behind what is pending, or by a reset', async () => {
    const now = await stand.join()
    now.tunnel.close()
    now.tunnel.close()
    expect(await now.ended).toMatchObject({ endedBy: 'stopped' })
    await Promise.all([gone(now.client), gone(now.origin)])
    const fin = await stand.join()
    fin.client.write(hello)
    expect(await take(fin.origin, 7)).toEqual(hello)
    fin.tunnel.close('fin')
    await Promise.all([end(fin.client), end(fin.origin)])
    const rst = await stand.join()
    const codes = Promise.all([failure(rst.client), failure(rst.origin)])
    rst.origin.write(hello)
    await take(rst.client, 7)
    rst.client.write(hello)
    await take(rst.origin, 7)
    rst.client.resume()
    rst.origin.resume()
    rst.tunnel.close('rst')
    expect(await codes).toEqual(['ECONNRESET', 'ECONNRESET'])
    expect((await rst.ended).endedBy).toBe('stopped')
  })

  it.each(['either', 'fromClient', 'fromServer'] as const)('ends when it is idle, where %s counts', async (counts) => {
    const startedAt = performance.now()
    const { client, origin, ended } = await stand.join({ idle: { ms: 400, counts } })
    let lastAt = startedAt
    // Bytes of the way that does not count change nothing; those of the other put the end off, once.
    const [counting, idle] = counts === 'fromServer' ? [origin, client] : [client, origin]
    const busy = setInterval(() => counts !== 'either' && idle.write(hello), 50)
    setTimeout(() => {
      counting.write(hello)
      lastAt = performance.now()
    }, 150)
    await Promise.all([end(client), end(origin)])
    clearInterval(busy)
    expect((await ended).endedBy).toBe('idle')
    const silentMs = performance.now() - lastAt
    expect(silentMs).toBeGreaterThan(350)
    // The tick is 50 ms; a machine may be busier than that.
    expect(silentMs).toBeLessThan(2000)
  })
})

describe('a stage', () => {
  let stand: TunnelStand
  beforeEach(async () => {
    stand = await TunnelStand.open()
  })
  afterEach(() => stand.close())

  /** Every byte becomes an X. */
  const cross: Stage = { push: (_bytes, start, end, sink) => sink(Buffer.alloc(end - start, 'X'), 0, end - start) }

  it('acts on one direction, from the next frame on, until it is taken away', async () => {
    const { client, origin, tunnel } = await stand.join()
    client.write(hello.subarray(0, 3))
    expect(await take(origin, 3)).toEqual(hello.subarray(0, 3))
    const remove = tunnel.addStage('client', cross)
    client.write(Buffer.concat([hello.subarray(3), hello]))
    expect((await take(origin, 11)).toString('latin1')).toBe('elloXXXXXXX')
    origin.write(hello)
    expect(await take(client, 7)).toEqual(hello)
    remove()
    client.write(hello)
    expect(await take(origin, 7)).toEqual(hello)
    expect(tunnel.counts).toMatchObject({ framesFromClient: 3, bytesFromClient: 21 })
  })

  it('holds the source while the sink is full', async () => {
    const { client, origin, wires, tunnel } = await stand.join()
    tunnel.addStage('client', cross)
    const size = 24 << 20
    client.write(Buffer.alloc(size))
    await expect.poll(() => wires.origin.pendingBytes, { timeout: 10_000 }).toBeGreaterThan(0)
    const pending = wires.origin.pendingBytes
    expect(pending).toBeLessThanOrEqual(65_536)
    let got = 0
    origin.on('data', (bytes: Buffer) => (got += bytes.length))
    origin.resume()
    await expect.poll(() => got, { timeout: 10_000 }).toBe(size)
  })
})

describe('the recorder', () => {
  let stand: TunnelStand
  beforeEach(async () => {
    stand = await TunnelStand.open()
  })
  afterEach(() => stand.close())

  class Records implements Recorder {
    room = true
    readonly seen: (string | GapNote)[] = []
    bytes(
      kind: RecordKind,
      _exchange: number,
      _connection: number,
      _from: 0 | 1,
      _stage: 0 | 1,
      bytes: Uint8Array,
      start: number,
      end: number
    ): boolean {
      if (this.room) this.seen.push(`${kind} ${Buffer.from(bytes.subarray(start, end)).toString('hex')}`)
      return this.room
    }
    note(kind: RecordKind, _exchange: number, _connection: number, _from: 0 | 1, note: object): boolean {
      expect(kind).toBe(RecordKind.gap)
      if (this.room) this.seen.push(note as GapNote)
      return this.room
    }
  }

  it('is given the bytes as read, with nothing missing', async () => {
    const recorder = new Records()
    const { client, origin } = await stand.join({ tap: { recorder, exchange: 7, connection: 3, websocket: true } })
    client.write(maskedHello)
    await take(origin, 11)
    expect(recorder.seen).toEqual([`8 ${maskedHello.toString('hex')}`])
  })

  it('is told where frames stand when there is room again: never within a header', async () => {
    const recorder = new Records()
    const { client, origin } = await stand.join({ tap: { recorder, exchange: 7, connection: 3, websocket: true } })
    const send = async (bytes: Buffer): Promise<void> => {
      client.write(bytes)
      await take(origin, bytes.length)
    }
    await send(hello)
    recorder.room = false
    // A whole frame is lost, and the first byte of the next one's header.
    await send(Buffer.concat([hello, maskedHello.subarray(0, 1)]))
    recorder.room = true
    // The rest of that header is lost as well; its payload is not.
    await send(maskedHello.subarray(1, 3))
    await send(maskedHello.subarray(3))
    expect(recorder.seen).toEqual([
      '8 810548656c6c6f',
      {
        from: fromClient,
        lostBytes: 7 + 6,
        lostFrames: 1,
        frameLeft: 5,
        frame: { fin: true, rsv: 0, opcode: 1, maskKey: 0x37fa213d, length: 5, maskOffset: 0 },
        nextFrame: 3,
        inMessage: false,
        messageCompressed: false
      },
      '8 7f9f4d5158'
    ])
  })

  it('is told of a gap in a compressed message, and of one at the very end', async () => {
    const recorder = new Records()
    const { client, origin, tunnel, ended } = await stand.join({ tap: { recorder, exchange: 7, connection: 3, websocket: true } })
    recorder.room = false
    client.write(Buffer.from('4103aabbcc', 'hex'))
    await take(origin, 5)
    recorder.room = true
    client.write(Buffer.from('8001dd', 'hex'))
    await take(origin, 3)
    expect(recorder.seen[0]).toMatchObject({
      lostBytes: 5,
      lostFrames: 1,
      frameLeft: 0,
      frame: null,
      nextFrame: 1,
      inMessage: true,
      messageCompressed: true
    })
    recorder.room = false
    client.write(hello)
    await take(origin, 7)
    recorder.room = true
    tunnel.close()
    await ended
    expect(recorder.seen.at(-1)).toMatchObject({ lostBytes: 7, lostFrames: 1, nextFrame: 3 })
  })
})

it.each([
  ['plain', false],
  ['TLS', true]
])('1,000 tunnels are open while the listener closes, and all end with one call each, %s', { timeout: 120_000 }, async (_name, secure) => {
  const stand = await TunnelStand.open(secure ? pair : null)
  const tunnels = []
  for (let i = 0; i < 1000; i++) tunnels.push(await stand.join())
  await stand.listener.close()
  const { client, origin } = tunnels[500] as (typeof tunnels)[number]
  client.write(hello)
  expect(await take(origin, 7)).toEqual(hello)
  for (const { tunnel } of tunnels) tunnel.close()
  const accounts = await Promise.all(tunnels.map(({ ended }) => ended))
  expect(accounts.filter(({ endedBy }) => endedBy !== 'stopped')).toEqual([])
  await Promise.all(tunnels.flatMap((joined) => [gone(joined.client), gone(joined.origin)]))
  await stand.close()
})
