import { once } from 'node:events'
import net from 'node:net'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { Site } from '../../../shared/site.js'
import { TestAuthority } from '../wire/certificates.js'
import type { Made } from '../wire/certificates.js'
import { ScriptedSite, responds } from './scripted-site.js'
import { Stage } from './stage.js'

let authority: TestAuthority
let made: Made
let stage: Stage

beforeAll(() => {
  authority = new TestAuthority()
  made = authority.issue('DNS:a.test')
})
afterAll(() => authority.remove())
afterEach(() => stage.close())

const site = (generation: number, ports: readonly number[], tls = false): ScriptedSite =>
  new ScriptedSite({ generation, decide: () => responds(200, `${generation}`), listeners: ports.map((port) => ({ port, tls })) })
const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const says = (generation: number): string => `HTTP/1.1 200 Said\r\nContent-Length: 1\r\n\r\n${generation}`

const fresh = (): Stage => (stage = new Stage({ certificates: { pair: () => Promise.resolve({ certificate: made.cert, key: made.key }) } }))
const bound = (of: Site): number[] =>
  of.listeners.map(({ port }) => stage.engine.listeners.find(({ binding }) => binding.spec.port === port)?.port ?? 0)

it('keeps the listeners that stay, with their connections, adds and drops others', async () => {
  fresh()
  const first = site(1, [80, 81])
  await stage.serve(first)
  const [a, b] = bound(first) as [number, number]
  const onKept = await stage.client('on the listener that stays', a)
  const onDropped = await stage.client('on the listener that goes', b)
  for (const client of [onKept, onDropped]) {
    client.writes(get)
    await client.reads(says(1))
  }
  const second = site(2, [80, 82])
  await stage.serve(second)
  expect(bound(second)[0]).toBe(a)
  await onDropped.seesFin()
  onKept.writes(get)
  await onKept.reads(says(2))
  const onAdded = await stage.client('on the new listener', bound(second)[1])
  onAdded.writes(get)
  await onAdded.reads(says(2))
  await expect(stage.client('late', b)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

it('that cannot bind changes nothing', async () => {
  const taken = net.createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as net.AddressInfo
  fresh()
  const first = site(1, [80])
  await stage.serve(first)
  const second = site(2, [81, 82])
  const bindings = second.listeners.map((spec, i) => ({ spec, address: '127.0.0.1', port: i === 0 ? 0 : port }))
  await expect(stage.engine.apply(second, bindings)).rejects.toMatchObject({ code: 'port-in-use' })
  expect(stage.engine.listeners.map(({ binding }) => binding.spec.port)).toEqual([80])
  expect(stage.engine.site).toBe(first)
  const client = await stage.client()
  client.writes(get)
  await client.reads(says(1))
  taken.close()
})

it('nothing is half started where the first config cannot bind', async () => {
  const taken = net.createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as net.AddressInfo
  fresh()
  const first = site(1, [80])
  const bindings = first.listeners.map((spec) => ({ spec, address: '127.0.0.1', port }))
  await expect(stage.engine.apply(first, bindings)).rejects.toMatchObject({ code: 'port-in-use' })
  expect(stage.engine.site).toBeNull()
  expect(stage.engine.listeners).toEqual([])
  taken.close()
  await once(taken, 'close')
  await stage.engine.apply(first, bindings)
  expect(stage.port).toBe(port)
})

it('switches TLS on for a port that is served plain, and back where that fails', async () => {
  fresh()
  await stage.serve(site(1, [80]))
  const { port } = stage
  const on = (of: Site, more: { address: string; port: number }[] = []): Promise<void> =>
    stage.engine.apply(
      of,
      of.listeners.map((spec, i) => ({ spec, ...(more[i] ?? { address: '127.0.0.1', port }) }))
    )
  await on(site(1, [80]))
  const other = site(2, [80, 81], true)
  await expect(
    on(other, [
      { address: '127.0.0.1', port },
      { address: '192.0.2.1', port: 1 }
    ])
  ).rejects.toMatchObject({ code: 'address-unknown' })
  const plain = await stage.client()
  plain.writes(get)
  await plain.reads(says(1))
  await on(site(3, [80], true))
  const { peer, taken } = stage.tlsClient('secure', { servername: 'a.test', ca: authority.ca.cert })
  expect(await taken).toBe(true)
  peer.writes(get)
  await peer.reads(says(3))
})

it('is told its listeners in the order of the config', async () => {
  fresh()
  await stage.serve(site(1, [83, 81]))
  await stage.serve(site(2, [82, 83, 80]))
  expect(stage.engine.listeners.map(({ binding }) => binding.spec.port)).toEqual([82, 83, 80])
})

it('one after the other, however fast they come', async () => {
  fresh()
  const sites = [1, 2, 3].map((generation) => site(generation, [80, 80 + generation]))
  await Promise.all(sites.map((each) => stage.serve(each)))
  expect(stage.engine.site).toBe(sites[2])
  expect(stage.engine.listeners.map(({ binding }) => binding.spec.port)).toEqual([80, 83])
})
