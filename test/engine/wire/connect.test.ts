import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import tls from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectOrigin } from '../../../main/engine/wire/connect.js'
import type { Wire } from '../../../main/engine/wire/wire.js'
import type { Failure, OriginTls, Target } from '../../../shared/steps.js'
import { runtimeRoots } from '../../../shared/steps.js'
import { TestAuthority } from './certificates.js'
import type { Made } from './certificates.js'
import { Collect } from './collect.js'

let authority: TestAuthority
let stranger: TestAuthority
const open: { destroy(): void }[] = []
const servers: net.Server[] = []
beforeAll(() => {
  authority = new TestAuthority()
  stranger = new TestAuthority('Stranger')
})
afterAll(() => {
  authority.remove()
  stranger.remove()
})
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy()
  for (const server of servers.splice(0)) server.close()
})

/** An origin that echoes. @returns its port */
async function origin(options: tls.TlsOptions | null, where: net.ListenOptions = { host: '127.0.0.1', port: 0 }): Promise<number> {
  const echo = (socket: net.Socket): void => {
    open.push(socket)
    socket.on('error', () => {})
    socket.pipe(socket)
  }
  const server = options === null ? net.createServer(echo) : tls.createServer(options, echo)
  servers.push(server)
  server.listen(where)
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const noChecks: OriginTls = {
  serverName: null,
  checkName: null,
  verify: null,
  checkExpiry: false,
  certificate: null,
  alpn: [],
  addressNames: false
}

async function connected(port: number, how: OriginTls | null, host = '127.0.0.1', connectMs = 3000): Promise<Wire> {
  const result = await connectOrigin({ host, port, tls: how }, { host, port }, { connectMs }).result
  if ('failure' in result) throw new Error(result.failure.message)
  open.push(result.wire)
  return result.wire
}
async function failure(target: Target, connectMs = 3000, address = { host: target.host, port: target.port }): Promise<Failure> {
  const result = await connectOrigin(target, address, { connectMs }).result
  if ('failure' in result) return result.failure
  open.push(result.wire)
  throw new Error('connected')
}

async function echoes(wire: Wire): Promise<void> {
  const told = new Collect(wire)
  wire.writeLatin1('hello')
  wire.resume()
  await told.untilBytes(5)
  expect(told.text).toBe('hello')
}

describe('plain', () => {
  it('connects, and reads nothing before it is told to', async () => {
    const wire = await connected(await origin(null), null)
    expect(wire.remote.address).toBe('127.0.0.1')
    expect(wire.tls).toBeNull()
    await echoes(wire)
  })
  it('connects where it is mapped to, whatever the target is called', async () => {
    const port = await origin(null)
    const result = await connectOrigin({ host: 'backend-server', port: 80, tls: null }, { host: '127.0.0.1', port }, { connectMs: 1000 })
      .result
    expect('wire' in result).toBe(true)
    if ('wire' in result) open.push(result.wire)
  })
  it('connects to a Unix socket', async () => {
    const path = join(authority.folder, 'origin.sock')
    await origin(null, { path })
    const result = await connectOrigin(
      { host: 'localhost', port: 80, path, tls: null },
      { host: 'localhost', port: 80 },
      { connectMs: 1000 }
    ).result
    if ('failure' in result) throw new Error(result.failure.message)
    open.push(result.wire)
    await echoes(result.wire)
    result.wire.reset()
    expect(result.wire.closed).toBe(true)
  })
  it('tries the addresses of a name one after another', async () => {
    // localhost is ::1 and 127.0.0.1 here, or 127.0.0.1 alone: either way just the latter is served.
    const wire = await connected(await origin(null), null, 'localhost')
    expect(wire.remote.address).toBe('127.0.0.1')
  })
})

describe('failures', () => {
  it('refused', async () => {
    const port = await origin(null)
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
    expect(await failure({ host: '127.0.0.1', port, tls: null })).toEqual({
      cause: 'refused',
      message: `127.0.0.1:${port} refused the connection: nothing listens there.`,
      systemCode: 'ECONNREFUSED'
    })
  })
  it('a Unix socket that does not exist', async () => {
    const path = join(authority.folder, 'none.sock')
    expect(await failure({ host: 'localhost', port: 80, path, tls: null })).toMatchObject({
      cause: 'refused',
      message: `${path} does not exist.`
    })
  })
  it('dns', async () => {
    const found = await failure({ host: 'no-such-host.invalid', port: 80, tls: null })
    expect(found).toMatchObject({ cause: 'dns' })
    expect(found.message).toContain('The name no-such-host.invalid cannot be resolved')
  })
  it('connectTimedOut: a listener whose queue is full', async () => {
    const { port } = await fullQueue()
    const found = await failure({ host: '127.0.0.1', port, tls: null }, 150)
    expect(found).toEqual({
      cause: 'connectTimedOut',
      message: `127.0.0.1:${port} did not answer a connection within 150 ms.`,
      systemCode: 'ETIMEDOUT'
    })
  })
  it('unreachable: no way to that network', async () => {
    // Class E (RFC 1112 §4) is routed nowhere.
    const found = await failure({ host: '255.255.255.255', port: 80, tls: null })
    expect(found.cause).toBe('unreachable')
    expect(found.systemCode).toMatch(/^E/)
  })
  it('badTarget', async () => {
    expect(await failure({ host: '127.0.0.1', port: 99_999, tls: null })).toMatchObject({ cause: 'badTarget' })
  })
  it('can be given up', async () => {
    const { port } = await fullQueue()
    const connecting = connectOrigin({ host: '127.0.0.1', port, tls: null }, { host: '127.0.0.1', port }, { connectMs: 0 })
    connecting.cancel()
    connecting.cancel()
    expect(await connecting.result).toMatchObject({ failure: { systemCode: 'ECANCELED' } })
    const stop = new AbortController()
    const other = connectOrigin({ host: '127.0.0.1', port, tls: null }, { host: '127.0.0.1', port }, { connectMs: 0, signal: stop.signal })
    setImmediate(() => stop.abort())
    expect(await other.result).toMatchObject({ failure: { systemCode: 'ECANCELED' } })
  })
})

describe('TLS', () => {
  const check = (how: Partial<OriginTls>): OriginTls => ({ ...noChecks, ...how })
  const verify = (): NonNullable<OriginTls['verify']> => ({ caFile: authority.ca.certFile, depth: 9 })
  const serve = (made: Made, options: tls.TlsOptions = {}): Promise<number> => origin({ cert: made.cert, key: made.key, ...options })
  const target = (port: number, how: OriginTls): Target => ({ host: '127.0.0.1', port, tls: how })
  const past = { from: '20200101000000Z', to: '20210101000000Z' }
  const future = { from: '20400101000000Z', to: '20450101000000Z' }

  it('checks nothing where nothing is asked', async () => {
    await echoes(await connected(await serve(authority.selfSigned('DNS:other')), noChecks))
    await echoes(await connected(await serve(authority.issue('DNS:other', past)), noChecks))
  })
  it('sends the server name, application protocols and certificate that it is told to', async () => {
    const seen: { name: string | false | null; alpn: string | false | null; client: string }[] = []
    const client = authority.issue('DNS:client')
    const port = await serve(authority.issue('DNS:app.test'), {
      ALPNProtocols: ['http/1.1'],
      requestCert: true,
      rejectUnauthorized: true,
      ca: authority.ca.cert
    })
    ;(servers[0] as tls.Server).on('secureConnection', (socket) => {
      const named = socket as tls.TLSSocket & { servername: string | false | null }
      seen.push({ name: named.servername, alpn: socket.alpnProtocol, client: String(socket.getPeerCertificate().subject.CN) })
    })
    const certificate = { certFile: client.certFile, keyFile: client.keyFile }
    const wire = await connected(
      port,
      check({ serverName: 'app.test', alpn: ['http/1.1'], certificate, verify: verify(), checkName: 'app.test', checkExpiry: true })
    )
    await echoes(wire)
    expect(seen).toEqual([{ name: 'app.test', alpn: 'http/1.1', client: 'leaf' }])
    expect(wire.tls).toMatchObject({ serverName: 'app.test', alpn: 'http/1.1', protocol: 'TLSv1.3' })
    await echoes(await connected(port, check({ certificate })))
    expect(seen[1]).toEqual({ name: false, alpn: false, client: 'leaf' })
  })
  it('expired', async () => {
    const port = await serve(authority.issue('DNS:app.test', past))
    const found = await failure(target(port, check({ checkExpiry: true })))
    expect(found).toMatchObject({ cause: 'tls', check: 'expired', message: `The certificate of 127.0.0.1:${port} expired on 2021-01-01.` })
    expect(await failure(target(port, check({ verify: verify() })))).toMatchObject({ check: 'expired' })
    await connected(port, check({ checkName: 'app.test' }))
  })
  it('notYetValid', async () => {
    const port = await serve(authority.issue('DNS:app.test', future))
    const found = await failure(target(port, check({ checkExpiry: true })))
    expect(found).toMatchObject({ check: 'notYetValid', message: `The certificate of 127.0.0.1:${port} is not valid before 2040-01-01.` })
    await connected(port, check({ checkName: 'app.test' }))
  })
  it('selfSigned', async () => {
    const port = await serve(authority.selfSigned('DNS:app.test'))
    expect(await failure(target(port, check({ verify: verify() })))).toMatchObject({
      cause: 'tls',
      check: 'selfSigned',
      systemCode: 'DEPTH_ZERO_SELF_SIGNED_CERT'
    })
    await connected(port, check({ checkExpiry: true, checkName: 'app.test' }))
  })
  it('untrusted', async () => {
    const port = await serve(stranger.issue('DNS:app.test'))
    expect(await failure(target(port, check({ verify: verify() })))).toMatchObject({ cause: 'tls', check: 'untrusted' })
    expect(await failure(target(port, check({ verify: { caFile: runtimeRoots, depth: 9 } })))).toMatchObject({ check: 'untrusted' })
    await connected(port, check({ verify: { caFile: stranger.ca.certFile, depth: 9 } }))
    expect(await failure(target(port, check({ verify: { caFile: stranger.ca.certFile, depth: 0 } })))).toMatchObject({ check: 'untrusted' })
  })
  it('wrongName, with wildcards, and addresses where they count', async () => {
    const port = await serve(authority.issue('DNS:*.app.test,IP:127.0.0.1'))
    const named = (checkName: string, addressNames = false): Target => target(port, check({ checkName, addressNames }))
    expect(await failure(named('app.test'))).toMatchObject({
      cause: 'tls',
      check: 'wrongName',
      message: expect.stringContaining('is not for app.test: it says DNS:*.app.test')
    })
    expect(await failure(named('a.b.app.test'))).toMatchObject({ check: 'wrongName' })
    expect(await failure(named('127.0.0.1'))).toMatchObject({ check: 'wrongName' })
    await connected(port, check({ checkName: '127.0.0.1', addressNames: true }))
    await connected(port, check({ checkName: 'WS.app.test' }))
  })
  it('protocol: the other side does not speak TLS', async () => {
    const server = net.createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1')
    servers.push(server)
    await once(server, 'listening')
    const { port } = server.address() as net.AddressInfo
    const found = await failure(target(port, noChecks))
    expect(found).toMatchObject({
      cause: 'tls',
      check: 'protocol',
      message: `TLS to 127.0.0.1:${port}: the other side does not speak TLS.`
    })
  })
  it('protocol: no version in common', async () => {
    const port = await serve(authority.issue('DNS:app.test'), { minVersion: 'TLSv1.3' })
    expect(await failure(target(port, check({ maxVersion: 'TLSv1.2' })))).toMatchObject({ cause: 'tls', check: 'protocol' })
  })
  it('protocol: a handshake that never ends', async () => {
    const server = net.createServer((socket) => void open.push(socket)).listen(0, '127.0.0.1')
    servers.push(server)
    await once(server, 'listening')
    const { port } = server.address() as net.AddressInfo
    expect(await failure(target(port, noChecks), 120)).toMatchObject({
      cause: 'tls',
      check: 'protocol',
      message: expect.stringContaining('within 120 ms')
    })
  })
  it('alert: the other side refuses us', async () => {
    const port = await serve(authority.issue('DNS:app.test'), {
      requestCert: true,
      rejectUnauthorized: true,
      ca: authority.ca.cert,
      maxVersion: 'TLSv1.2'
    })
    expect(await failure(target(port, noChecks))).toMatchObject({
      cause: 'tls',
      check: 'alert',
      message: expect.stringContaining('refused with the alert')
    })
  })
  it('certificateFile', async () => {
    const port = await serve(authority.issue('DNS:app.test'))
    const none = join(authority.folder, 'none.pem')
    expect(await failure(target(port, check({ verify: { caFile: none, depth: 1 } })))).toMatchObject({
      cause: 'tls',
      check: 'certificateFile',
      message: expect.stringContaining(none)
    })
    const broken = join(authority.folder, 'broken.pem')
    writeFileSync(broken, 'no certificate')
    expect(await failure(target(port, check({ certificate: { certFile: broken, keyFile: broken } })))).toMatchObject({
      check: 'certificateFile'
    })
  })
  it('resets the connection below TLS', async () => {
    const port = await serve(authority.issue('DNS:app.test'))
    const accepted = once(servers[0] as tls.Server, 'secureConnection') as Promise<[tls.TLSSocket]>
    const wire = await connected(port, noChecks)
    const [socket] = await accepted
    const broken = new Promise<NodeJS.ErrnoException>((resolve) => socket.once('error', resolve))
    await echoes(wire)
    wire.reset()
    expect((await broken).code).toBe('ECONNRESET')
  })
})

/** A listener in whose queue no place is left. Node accepts whatever comes, so that another program listens. */
async function fullQueue(): Promise<{ port: number }> {
  const script =
    'import socket,sys\ns=socket.socket();s.bind(("127.0.0.1",0));s.listen(0)\nprint(s.getsockname()[1],flush=True)\nsys.stdin.read()'
  const python = spawn('python3', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] })
  open.push({ destroy: () => python.kill() })
  const port = Number(String(((await once(python.stdout, 'data')) as [Buffer])[0]))
  // Fill it: the kernel keeps one more than the queue's length.
  for (let i = 0; i < 2; i++) {
    const socket = net.connect(port, '127.0.0.1')
    socket.on('error', () => {})
    open.push(socket)
    await Promise.race([once(socket, 'connect'), new Promise((resolve) => setTimeout(resolve, 100))])
  }
  return { port }
}
