import { spawn } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '../../../main/engine/listen/listener.js'
import type { Listener } from '../../../main/engine/listen/listener.js'
import type { SecureListening, TlsSetup } from '../../../main/engine/listen/secure.js'
import type { Wire } from '../../../main/engine/wire/wire.js'
import type { ClientHello, TlsFailure } from '../../../shared/site.js'
import { TestAuthority } from '../wire/certificates.js'
import type { Made } from '../wire/certificates.js'
import { Collect } from '../wire/collect.js'
import { browserHello } from './real-hellos.js'

const listeners: Listener[] = []
const open: { destroy(): void }[] = []
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy()
  await Promise.all(listeners.splice(0).map((listener) => listener.close()))
})

async function plain(address: string, port = 0): Promise<Listener> {
  const listener = await listen({ address, port, onPlain: (wire) => open.push(wire) })
  listeners.push(listener)
  return listener
}

describe('addresses', () => {
  it('IPv4 and IPv6 wildcards stand beside each other on one port', async () => {
    const six = await plain('::')
    const four = await plain('0.0.0.0', six.port)
    expect([six.address, four.address, four.port]).toEqual(['::', '0.0.0.0', six.port])
    for (const host of ['127.0.0.1', '::1']) {
      const socket = net.connect(six.port, host)
      open.push(socket)
      await once(socket, 'connect')
    }
  })
  it('says that a port is in use, and the way out', async () => {
    const { port } = await plain('127.0.0.1')
    const refused = plain('127.0.0.1', port)
    await expect(refused).rejects.toMatchObject({
      code: 'port-in-use',
      hint: expect.stringContaining(`--port ${port}=${port + 1} on the command line`)
    })
    await expect(refused).rejects.toThrow(`Port ${port} is in use by another program (127.0.0.1:${port}). Choose another port, or stop it.`)
  })
  it('says that the machine has no such address', async () => {
    await expect(plain('192.0.2.10', 443)).rejects.toMatchObject({
      code: 'address-unknown',
      message: 'This machine has no such address: 192.0.2.10:443. Listen on one that it has.'
    })
  })
})

describe('close', () => {
  it('frees the port with 1,000 connections open, and leaves them', async () => {
    const wires: Wire[] = []
    let all: () => void = () => {}
    const accepted = new Promise<void>((resolve) => (all = resolve))
    const listener = await listen({ address: '127.0.0.1', port: 0, onPlain: (wire) => void (wires.push(wire) === 1000 && all()) })
    const peers = Array.from({ length: 1000 }, () => net.connect(listener.port, '127.0.0.1'))
    for (const peer of peers) open.push(peer)
    await accepted
    await Promise.all([listener.close(), listener.close()])
    const again = await plain('127.0.0.1', listener.port)
    expect(again.port).toBe(listener.port)
    expect(wires.filter((wire) => wire.closed)).toEqual([])
    const told = new Collect(wires[999] as Wire)
    const echo = once(peers.find((peer) => peer.localPort === wires[999]?.remote.port) as net.Socket, 'data')
    told.wire.writeLatin1('still')
    expect(String((await echo)[0])).toBe('still')
    for (const wire of wires) wire.destroy()
  }, 30_000)
  it('comes with the signal', async () => {
    const stop = new AbortController()
    const listener = await listen({ address: '127.0.0.1', port: 0, onPlain: () => {}, signal: stop.signal })
    stop.abort()
    await listener.close()
    const socket = net.connect(listener.port, '127.0.0.1')
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNREFUSED')
  })
})

describe('TLS', () => {
  let authority: TestAuthority
  let pair: Made
  beforeAll(() => {
    authority = new TestAuthority()
    pair = authority.issue('DNS:app.test,DNS:localhost')
  })
  afterAll(() => authority.remove())

  interface Port {
    readonly port: number
    readonly hellos: ClientHello[]
    readonly failures: TlsFailure[]
    readonly failed: Promise<TlsFailure>
    readonly secured: Promise<Collect>
    readonly notTls: Promise<Collect>
  }
  async function secure(answer: SecureListening['secure'] | null = null, handshakeMs = 10_000): Promise<Port> {
    const later = <T>(): { take: (value: T) => void; promise: Promise<T> } => {
      let take: (value: T) => void = () => {}
      return { promise: new Promise<T>((resolve) => (take = resolve)), take: (value) => take(value) }
    }
    const [failed, secured, notTls] = [later<TlsFailure>(), later<Collect>(), later<Collect>()]
    const hellos: ClientHello[] = []
    const failures: TlsFailure[] = []
    const listener = await listen({
      address: '127.0.0.1',
      port: 0,
      onPlain: () => {},
      secure: {
        secure: (hello, facts) => {
          hellos.push(hello)
          return answer === null ? setup() : answer(hello, facts)
        },
        onSecure: (wire) => {
          open.push(wire)
          secured.take(new Collect(wire))
        },
        onNotTls: (wire) => {
          open.push(wire)
          notTls.take(new Collect(wire))
        },
        onTlsFailure: (failure) => {
          failures.push(failure)
          failed.take(failure)
        },
        handshakeMs
      }
    })
    listeners.push(listener)
    return { port: listener.port, hellos, failures, failed: failed.promise, secured: secured.promise, notTls: notTls.promise }
  }
  const setup = (options: tls.TlsOptions = {}, key = 'one'): TlsSetup => ({ key, options: { cert: pair.cert, key: pair.key, ...options } })
  function dial(port: number, options: tls.ConnectionOptions = {}): tls.TLSSocket {
    const socket = tls.connect({ port, host: '127.0.0.1', servername: 'app.test', ca: authority.ca.cert, ...options })
    socket.on('error', () => {})
    open.push(socket)
    return socket
  }

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('%s: tells the facts, keeps bytes that come with the handshake', async (version) => {
    const port = await secure(() => setup({ ALPNProtocols: ['http/1.1'] }))
    const socket = dial(port.port, { minVersion: version, maxVersion: version, ALPNProtocols: ['h2', 'http/1.1'] })
    // Written at once: it travels together with the client's Finished.
    socket.write('GET / HTTP/1.1\r\n\r\n')
    const told = await port.secured
    await told.untilBytes(18)
    expect(told.text).toBe('GET / HTTP/1.1\r\n\r\n')
    expect(told.wire.tls).toMatchObject({ serverName: 'app.test', protocol: version, alpn: 'http/1.1', clientCertificate: null })
    expect(told.wire.tls?.cipher).not.toBe('')
    expect(port.hellos).toEqual([{ serverName: 'app.test', alpn: ['h2', 'http/1.1'] }])
  })

  it('meets a ClientHello that comes byte by byte', async () => {
    const port = await secure()
    const socket = net.connect(port.port, '127.0.0.1')
    open.push(socket)
    socket.setNoDelay(true)
    const hello = browserHello('slow.test', ['http/1.1']).subarray(0, 300)
    for (const byte of hello) {
      if (!socket.write(Buffer.from([byte]))) await once(socket, 'drain')
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(port.hellos).toEqual([])
    socket.write(browserHello('slow.test', ['http/1.1']).subarray(300))
    // Its key shares are made up, so the handshake goes no further than that.
    await port.failed
    expect(port.hellos).toEqual([{ serverName: 'slow.test', alpn: ['http/1.1'] }])
  })

  it('hands over a plain request with its bytes intact', async () => {
    const port = await secure()
    const socket = net.connect(port.port, '127.0.0.1')
    open.push(socket)
    socket.write('GET / HTTP/1.1\r\nHost: app.test\r\n\r\n')
    const told = await port.notTls
    await told.untilBytes(34)
    expect(told.text).toBe('GET / HTTP/1.1\r\nHost: app.test\r\n\r\n')
    const answer = once(socket, 'data')
    told.wire.writeLatin1('HTTP/1.1 400 Bad Request\r\n\r\n')
    expect(String((await answer)[0])).toContain('400')
    expect(port.failures).toEqual([])
  })

  it('refuses as the site says, by an alert or in silence', async () => {
    const port = await secure(() => ({ refuse: 'alert', why: 'no such site' }))
    const [error] = (await once(dial(port.port), 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toMatch(/UNRECOGNIZED_NAME/)
    expect(await port.failed).toEqual({ check: 'protocol', message: 'no such site', serverName: 'app.test' })
    const silent = await secure(() => ({ refuse: 'close', why: 'closed' }))
    const [reset] = (await once(dial(silent.port), 'error')) as [NodeJS.ErrnoException]
    expect(reset.code).toBe('ECONNRESET')
  })

  it('tells an alert of the client by its name', async () => {
    const port = await secure()
    dial(port.port, { ca: [] as string[], rejectUnauthorized: true, maxVersion: 'TLSv1.2' })
    // Node closes without an alert; openssl sends the one that browsers send.
    const child = spawn(
      'openssl',
      ['s_client', '-connect', `127.0.0.1:${port.port}`, '-servername', 'app.test', '-verify_return_error', '-tls1_2'],
      { stdio: 'ignore' }
    )
    open.push({ destroy: () => child.kill() })
    await once(child, 'exit')
    await expect
      .poll(() => port.failures.find(({ check }) => check === 'alert')?.message)
      .toBe('the other side refused with the alert unknown_ca')
  })

  it('tells that no version, no cipher, no protocol is in common', async () => {
    const versions = await secure(() => setup({ minVersion: 'TLSv1.3' }))
    dial(versions.port, { maxVersion: 'TLSv1.2' })
    expect(await versions.failed).toMatchObject({ check: 'protocol', message: 'no TLS version in common' })
    const ciphers = await secure(() => setup({ ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384', maxVersion: 'TLSv1.2' }))
    dial(ciphers.port, { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' })
    expect(await ciphers.failed).toMatchObject({ check: 'protocol', message: 'no cipher in common' })
  })

  it('asks for client certificates as the setup says', async () => {
    const client = authority.issue('DNS:client')
    const stranger = authority.selfSigned('DNS:stranger')
    const require = (): TlsSetup => setup({ requestCert: true, ca: authority.ca.cert }, 'require')
    const known = await secure(require)
    dial(known.port, { cert: client.cert, key: client.key })
    expect((await known.secured).wire.tls?.clientCertificate).toEqual({ subject: 'CN=leaf', verified: true })
    const unknown = await secure(require)
    dial(unknown.port, { cert: stranger.cert, key: stranger.key })
    expect(await unknown.failed).toMatchObject({ check: 'untrusted' })
    const none = await secure(require)
    dial(none.port)
    expect((await none.failed).message).toBe('the other side sent no certificate')
    const asked = await secure(() => setup({ requestCert: true, rejectUnauthorized: false, ca: authority.ca.cert }, 'ask'))
    dial(asked.port, { cert: stranger.cert, key: stranger.key })
    expect((await asked.secured).wire.tls?.clientCertificate).toEqual({ subject: 'CN=self', verified: false })
  })

  it('gives up on a client that dawdles, however it does', async () => {
    const silent = await secure(null, 100)
    const quiet = net.connect(silent.port, '127.0.0.1')
    open.push(quiet)
    quiet.on('error', () => {})
    await once(quiet, 'close')
    expect(await silent.failed).toMatchObject({ check: 'protocol', message: 'the TLS handshake was not over within 100 ms' })
    const dripping = await secure(null, 100)
    const slow = net.connect(dripping.port, '127.0.0.1')
    open.push(slow)
    slow.on('error', () => {})
    const drip = setInterval(() => slow.write(Buffer.from([0x16])), 5)
    slow.write(browserHello('app.test', []).subarray(0, 20))
    await dripping.failed
    clearInterval(drip)
    expect(dripping.failures).toHaveLength(1)
  })

  it('survives a client that renegotiates', async () => {
    const port = await secure()
    const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port.port}`, '-tls1_2', '-legacy_server_connect'], {
      stdio: ['pipe', 'ignore', 'ignore']
    })
    open.push({ destroy: () => child.kill() })
    const told = await port.secured
    child.stdin.write('x\n')
    await told.untilBytes(2)
    child.stdin.write('R\n')
    await once(child, 'exit')
    await told.until(() => told.isClosed || told.isEnded)
    expect(port.failures).toEqual([])
  })

  it('says which certificate cannot be used, and goes on', async () => {
    let broken = true
    const port = await secure(() => (broken ? setup({ cert: 'none' }, 'broken') : setup()))
    const [error] = (await once(dial(port.port), 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toMatch(/ALERT_INTERNAL_ERROR/)
    expect(await port.failed).toMatchObject({ check: 'certificateFile' })
    broken = false
    await once(dial(port.port), 'secureConnect')
  })

  it('ends handshakes under way when it closes', async () => {
    const port = await secure(() => new Promise(() => {}))
    const socket = dial(port.port)
    await expect.poll(() => port.hellos.length).toBe(1)
    const closed = new Promise((resolve) => socket.once('close', resolve))
    await Promise.all(listeners.splice(0).map((listener) => listener.close()))
    await closed
  })
})
