import { spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ownCommand } from '../../main/host/own-command.js'
import { shellLine } from '../../shared/shell-words.js'
import { bundled } from '../bundled.js'
import { freePort } from '../oracle/loopback.js'
import { Running, fileOf, run, runIn, serving, temporaryFolder } from './running.js'

const jsonLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('help', () => {
  it.each(['serve', 'check', 'ca', 'export', 'connect'])('%s --help says what it takes, and its exit codes', async (command) => {
    const asked = await run(command, '--help')
    expect(asked).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^switchyard .*[^]*Exit code: 0/) })
    expect((await run('help', command)).out).toBe(asked.out)
  })

  it('names each command, and the version', async () => {
    const { out } = await run('--help')
    for (const command of ['serve', 'check', 'ca', 'export', 'connect']) expect(out).toContain(command)
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string }
    expect((await run('--version')).out).toBe(`${version}\n`)
  })
})

describe('a word that is no command', { timeout: 60_000 }, () => {
  it.each([
    ['exprt', ' Did you mean export?'],
    ['Check', ' Did you mean check?'],
    ['conenct', ' Did you mean connect?'],
    ['something', '']
  ])('%s', async (word, meant) => {
    expect(await run(word)).toMatchObject({
      code: 64,
      out: '',
      err: expect.stringContaining(`There is no command or file "${word}".${meant}\n`)
    })
  })

  it('is a file where it looks like one', async () => {
    expect(await run('./exprt')).toMatchObject({ code: 2, err: expect.stringContaining('there is no such file') })
    expect(await run('exprt.conf')).toMatchObject({ code: 2 })
  })
})

describe('check', () => {
  it('0: nothing of severity error', async () => {
    const config = fileOf('Listen 8080\nProxyPass / http://127.0.0.1:9/\n')
    const { code, out } = await run('check', config)
    expect([code, out.trim().split('\n').at(-1)]).toEqual([0, expect.stringMatching(/^0 errors, \d+ warnings?, \d+ notes?$/)])
    const [said, ...more] = jsonLines((await run('check', '--json', config)).out)
    expect(said).toMatchObject({ dialect: 'apache', accepted: true, findings: expect.any(Array) })
    expect(more).toEqual([])
  })

  it('1: an error, at its file, line and column', async () => {
    const config = fileOf('Listen 8080\nNonsense on\n')
    expect(await run('check', config)).toMatchObject({
      code: 1,
      out: expect.stringMatching(new RegExp(`^${config}:2:1: error: .*Nonsense`, 'm'))
    })
  })

  it('1: a directive that serve refuses to start without, which the last line says', async () => {
    const config = fileOf('Listen 8080\nProxyRequests On\n')
    const { code, out } = await run('check', config)
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(new RegExp(`^${config}:2:1: error: ProxyRequests[^]*\nserve refuses this without --lenient\n$`, 'm'))
    ])
    const asked = await run('check', '--json', config)
    expect(asked.code).toBe(1)
    expect(jsonLines(asked.out)).toMatchObject([
      { accepted: false, findings: expect.arrayContaining([expect.objectContaining({ severity: 'error', routing: true })]) }
    ])
    const refused = await run('check', fileOf('Listen 8080\nProxyRequests On\nNonsense on\n'))
    expect(refused.out).not.toContain('--lenient')
  })

  it('2: not readable, or no config that it reads; 64: a wrong word', async () => {
    expect(await run('check', '/none.conf')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('there is no such file') })
    expect(await run('check', '/')).toMatchObject({ code: 2, err: expect.stringContaining('it is a folder') })
    expect(await run('check', fileOf('server {\n  listen 80;\n}\n'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('does not look like')
    })
    expect(await run('check')).toMatchObject({ code: 64 })
    expect(await run('check', '--lenient', 'x')).toMatchObject({ code: 64 })
  })

  it('reads what the shell hands in', async () => {
    const child = spawn('bash', [
      '-c',
      `'${process.execPath}' '${bundled('cli/switchyard')}' check <(printf 'Listen 8080\\nNonsense on\\n')`
    ])
    let out = ''
    child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()))
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(1)
    expect(out).toMatch(/\/dev\/fd\/\d+:2:1: error: .*Nonsense/)
  })
})

describe('ca', () => {
  it('issue prints where the certificate and key are', async () => {
    const [data, out] = [temporaryFolder(), temporaryFolder()]
    const issued = await runIn(data, 'ca', 'issue', 'app.test', 'localhost', '--out', out)
    expect(issued).toMatchObject({
      code: 0,
      err: expect.stringContaining(
        `was made for it: ${shellLine([...ownCommand(bundled('cli/switchyard')), 'ca', 'install'])} has this machine trust it.\n`
      )
    })
    const [, certFile, keyFile] = /certificate {2}(\S+)\n {2}key {10}(\S+)/.exec(issued.out) ?? []
    expect(new X509Certificate(readFileSync(certFile ?? '')).subjectAltName).toContain('DNS:app.test')
    expect(statSync(keyFile ?? '').mode & 0o777).toBe(0o600)
    const [asked] = jsonLines((await runIn(data, 'ca', 'issue', 'other.test', '--out', out, '--json')).out) as unknown as [
      { certFile: string }[]
    ]
    expect(asked[0]?.certFile).toBe(join(out, 'other.test.pem'))
    expect(await runIn(data, 'ca', 'issue', 'app.test', '--out', out)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^switchyard: .* is there already/)
    })
    expect(readdirSync(out).sort()).toEqual(['app.test-key.pem', 'app.test.pem', 'other.test-key.pem', 'other.test.pem'])
  })

  it('issue says what it made for a name of the world, and how to be rid of it', async () => {
    const [data, out] = [temporaryFolder(), temporaryFolder()]
    const { code, err } = await runIn(data, 'ca', 'issue', 'shop.example.com', '--out', out)
    expect(code).toBe(0)
    expect(err).toContain('Whoever has its key can be shop.example.com to all that trust it')
    expect(err).toContain(`${shellLine([...ownCommand(bundled('cli/switchyard')), 'ca', 'uninstall'])} takes all authorities out`)
    const folder = /then delete (\S+)\.\n/.exec(err)?.[1] ?? ''
    expect(readdirSync(folder)).toContain('ca.pem')
    const local = await runIn(temporaryFolder(), 'ca', 'issue', 'app.test', '--out', out)
    expect(local.err).not.toContain('Whoever has its key')
  })

  it('refuses what it does not know', async () => {
    expect(await run('ca', 'issue')).toMatchObject({ code: 64 })
    expect(await run('ca', 'steal')).toMatchObject({ code: 64, err: expect.stringContaining('There is no ca steal') })
    expect(await run('ca', 'path', 'extra')).toMatchObject({ code: 64 })
  })
})

describe('connect and export, through the demo', () => {
  it('goes round over wss with verification on, and the frames can be exported while it runs', async () => {
    const port = await freePort()
    const demo = await serving([`--tls=${port}`, '--no-ui'])
    const url = `wss://localhost:${port}/demo/echo`
    const typing = new Running(['connect', url, '--json'], { data: demo.data })
    await typing.line(/"open"/)
    typing.type('grüß dich\n')
    expect(JSON.parse(await typing.line(/"message"/))).toEqual({ event: 'message', binary: false, text: 'grüß dich' })
    typing.endInput()
    const ended = await typing.ended
    expect(ended).toMatchObject({ code: 0, err: '' })
    expect(jsonLines(ended.out).at(-1)).toEqual({ event: 'close', code: 1000, reason: '' })

    const stranger = await runIn(temporaryFolder(), 'connect', url)
    expect(stranger).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/could not be opened: .*certificate[^]*--data/) })

    const lines = await exported(demo.data, 'grüß dich', 2)
    expect(lines.filter(({ type }) => type === 'frame').map(({ from, opcode, text }) => [from, opcode, text])).toEqual(
      expect.arrayContaining([
        ['client', 1, 'grüß dich'],
        ['server', 1, 'grüß dich']
      ])
    )
    expect(await demo.stop('SIGTERM')).toMatchObject({ code: 0 })
  })

  /** The export once it has so many frames of this text: what was sent a moment ago may not be committed yet. */
  async function exported(data: string, said: string, times: number): Promise<Record<string, unknown>[]> {
    for (let tries = 0; tries < 20; tries++) {
      const { code, out } = await runIn(data, 'export', 'last', '--ndjson', '-')
      expect(code).toBe(0)
      const lines = jsonLines(out)
      if (lines.filter(({ type, text }) => type === 'frame' && text === said).length >= times) return lines
    }
    throw new Error(`The export never had ${times} frames of ${said}.`)
  }
})

describe('export', () => {
  it('says an error as JSON where asked for', async () => {
    const ended = await run('export', 'none', '--ndjson', '-', '--json')
    expect(ended).toMatchObject({ code: 1, out: '' })
    expect(JSON.parse(ended.err)).toMatchObject({ event: 'error', code: 'capture-unknown' })
  })

  it('says what it needs and what it cannot do', async () => {
    expect(await run('export')).toMatchObject({ code: 64, err: expect.stringContaining('export needs one session') })
    expect(await run('export', 'last')).toMatchObject({ code: 64, err: expect.stringContaining('--ndjson') })
    expect(await run('export', 'last', '--ndjson', '-')).toMatchObject({ code: 1, err: expect.stringContaining('There is no capture in') })
    const other = fileOf('not a capture, but somebody else’s file')
    expect(await run('export', other, '--ndjson', '-')).toMatchObject({ code: 1, out: '' })
  })

  it('ends calmly when its reader has seen enough, and names a file that cannot be written', async () => {
    const demo = await serving([`--tls=${await freePort()}`, '--no-ui'])
    expect(await runIn(demo.data, 'connect', `wss://${demo.at.replace('127.0.0.1', 'localhost')}/demo/echo`)).toMatchObject({ code: 0 })
    await demo.stop('SIGTERM')
    const command = `'${process.execPath}' '${bundled('cli/switchyard')}' export last --ndjson - --data '${demo.data}' | true; exit \${PIPESTATUS[0]}`
    expect(await new Promise((resolve) => spawn('bash', ['-c', command]).once('close', resolve))).toBe(0)
    expect(await runIn(demo.data, 'export', 'last', '--ndjson', '/none/at/all')).toMatchObject({
      code: 1,
      err: expect.stringContaining('/none/at/all cannot be written')
    })
    const file = join(temporaryFolder(), 'all.ndjson')
    expect(await runIn(demo.data, 'export', 'last', '--ndjson', file)).toMatchObject({ code: 0, out: '' })
    expect(jsonLines(readFileSync(file, 'utf8'))[0]).toMatchObject({ type: 'exchange' })
  })
})

describe('connect', () => {
  /** A backend that closes as its path says: `/1001`, `/none`, `/cut`. */
  async function closer() {
    const requests: IncomingMessage[] = []
    const server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      verifyClient: ({ req }: { req: IncomingMessage }) => req.url !== '/refuse'
    })
    onTestFinished(() => void server.close())
    server.on('connection', (socket, request) => {
      requests.push(request)
      const how = request.url?.slice(1) ?? ''
      if (how === 'cut') socket.terminate()
      else if (how === 'none') socket.close()
      else if (how === 'binary') socket.send(Buffer.from([0, 255]), () => socket.close(1000))
      else socket.close(Number(how), 'as asked')
    })
    await new Promise((resolve) => server.once('listening', resolve))
    return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
  }

  it.each([
    ['/1000', 0, /closed 1000 as asked/],
    ['/1001', 0, /closed 1001 as asked/],
    ['/none', 0, /closed 1005/],
    ['/1011', 1, /closed 1011 as asked/],
    ['/4999', 1, /closed 4999 as asked/],
    ['/cut', 1, /closed 1006/],
    ['/binary', 0, /< 00ff\nclosed 1000/]
  ])('%s: exit code %i', async (path, code, says) => {
    const { url } = await closer()
    const running = new Running(['connect', `${url}${path}`])
    expect(await running.ended).toMatchObject({ code, err: '', out: expect.stringMatching(says) })
  })

  it('sends several fields of one name, and subprotocols', async () => {
    const { url, requests } = await closer()
    const fields = ['X-Many: one', 'x-many: two', 'Origin: http://there.test', 'Host: other.test'].flatMap((field) => ['--header', field])
    await new Running(['connect', `${url}/1000`, ...fields, '--protocol', 'a', '--protocol', 'b']).ended
    const { rawHeaders, headers } = requests[0] as IncomingMessage
    const many = rawHeaders.flatMap((name, at) => (at % 2 === 0 && name.toLowerCase() === 'x-many' ? [rawHeaders[at + 1]] : []))
    expect(many).toEqual(['one', 'two'])
    expect(headers).toMatchObject({ host: 'other.test', origin: 'http://there.test', 'sec-websocket-protocol': 'a,b' })
  })

  it('asks for a name at the place where it is served: Host, SNI and the certificate are of the name', async () => {
    const port = await freePort()
    const { url: backend, requests } = await closer()
    const lines = `Listen ${port}
<VirtualHost *:${port}>
  ServerName app.example.com
  SSLEngine on
  ProxyPreserveHost On
  ProxyPass / ${backend}/
</VirtualHost>
`
    const served = await serving([fileOf(lines), '--no-ui'])
    expect(await runIn(served.data, 'connect', 'wss://app.example.com/1000', '--to', `127.0.0.1:${port}`)).toMatchObject({
      code: 0,
      out: expect.stringContaining('closed 1000 as asked')
    })
    expect(requests[0]?.headers.host).toBe('app.example.com')
    expect(await runIn(served.data, 'connect', 'wss://other.example.net/1000', '--to', String(port))).toMatchObject({
      code: 1,
      err: expect.stringContaining('other.example.net')
    })
    expect(await run('connect', 'ws://app.example.com/1000', '--to', backend.slice('ws://'.length))).toMatchObject({ code: 0 })
    expect(requests[1]?.headers.host).toBe('app.example.com')
    expect(await run('connect', 'ws://app.example.com/', '--to', 'nowhere')).toMatchObject({
      code: 64,
      err: expect.stringContaining('--to')
    })
  })

  it('says where to look for a name that is not known', async () => {
    expect(await run('connect', 'wss://app.invalid:18443/')).toMatchObject({
      code: 1,
      err: expect.stringContaining('add --to 127.0.0.1:18443')
    })
    expect((await run('connect', 'wss://app.invalid/')).err).toContain('add --to 127.0.0.1:443')
  })

  it('says why it could not open, and refuses what is no URL', async () => {
    const { url } = await closer()
    expect(await run('connect', `${url}/refuse`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('could not be opened: 401 Unauthorized')
    })
    const port = await freePort()
    expect(await run('connect', `ws://127.0.0.1:${port}/`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('Nothing listens there')
    })
    expect(await run('connect', 'http://a/')).toMatchObject({ code: 64 })
    expect(await run('connect', `${url}/#x`)).toMatchObject({ code: 64 })
    expect(await run('connect', url, '--protocol', 'a b')).toMatchObject({ code: 64 })
    expect(await run('connect', url, '--header', 'no field')).toMatchObject({ code: 64 })
    const asJson = await run('connect', `ws://127.0.0.1:${port}/`, '--json')
    expect(jsonLines(asJson.err)).toEqual([expect.objectContaining({ event: 'error', code: 'connect-failed' })])
  })

  it('sends all of a long input before it closes', async () => {
    const received: number[] = []
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    onTestFinished(() => void server.close())
    server.on('connection', (socket) => socket.on('message', (data: Buffer) => received.push(data.length)))
    await new Promise((resolve) => server.once('listening', resolve))
    const running = new Running(['connect', `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`])
    for (let line = 0; line < 200; line++) running.type(`${'x'.repeat(50_000)}\n`)
    running.endInput()
    expect(await running.ended).toMatchObject({ code: 0 })
    expect(received).toEqual(Array(200).fill(50_000))
  })
})

it('keeps a file of captures it was told to write', async () => {
  const file = join(temporaryFolder(), 'mine.swycap')
  writeFileSync(join(file, '..', 'keep'), '')
  const running = await serving(['--route', '/=http://127.0.0.1:9/', `--listen=${await freePort()}`, '--no-ui', '--capture', file])
  await (await fetch(`http://${running.at}/`)).text()
  await running.stop('SIGTERM')
  expect(jsonLines((await run('export', file, '--ndjson', '-')).out)[0]).toMatchObject({ type: 'exchange', method: 'GET' })
})
