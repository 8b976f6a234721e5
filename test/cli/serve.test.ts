import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { WebSocket } from 'ws'
import { CaptureReader } from '../../main/capture/reader/capture-reader.js'
import { bundled } from '../bundled.js'
import { TestAuthority } from '../engine/wire/certificates.js'
import { echoBackend, echoed, openTunnel } from '../host/running-host.js'
import { freePort } from '../oracle/loopback.js'
import { Running, fileOf, run, runIn, serving, temporaryFolder } from './running.js'

const quiet = ['--no-ui', '--capture', 'off']

/** A vhost file that proxies everything to a backend, as HTTP and as WebSocket. */
function apacheConfig(port: number, backend: number, more = ''): string {
  return `ServerName localhost\nListen ${port}\nProxyPass / http://127.0.0.1:${backend}/ upgrade=websocket\n${more}`
}

describe('the lines that scripts read', () => {
  it('are listening for each listener, screens, ready; all else goes to standard error', async () => {
    const [plain, tls] = [await freePort(), await freePort()]
    const running = new Running(['--route', '/=http://127.0.0.1:9/', `--listen=${plain}`, `--tls=${tls}`])
    await running.line(/^ready$/)
    expect(running.lines).toEqual([
      `listening http://127.0.0.1:${plain}`,
      `listening https://127.0.0.1:${tls}`,
      expect.stringMatching(/^screens http:\/\/127\.0\.0\.1:\d+\/#[\w-]{32}$/),
      'ready'
    ])
    expect(await running.stop('SIGTERM')).toMatchObject({ code: 0, signal: null, err: '' })
  })

  it('are NDJSON events with --json', async () => {
    const port = await freePort()
    const config = fileOf(`ProxyPass / http://127.0.0.1:9/\n`)
    const running = new Running([config, '--json', `--listen=${port}`, '--port', '444=9', '--capture', 'off'])
    await running.line(/"ready"/)
    const events = running.lines.map((line) => JSON.parse(line) as { event: string })
    expect(events.filter(({ event }) => event !== 'finding')).toEqual([
      {
        event: 'listening',
        url: `http://127.0.0.1:${port}`,
        address: '127.0.0.1',
        port,
        tls: false,
        production: { address: '127.0.0.1', port },
        exposed: false
      },
      { event: 'screens', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#/) },
      { event: 'warning', message: expect.stringContaining('The config has no port 444') },
      { event: 'ready' }
    ])
    expect(events.filter(({ event }) => event === 'finding')).toContainEqual(expect.objectContaining({ code: 'listen-assumed' }))
    await expect.poll(() => running.err).toBe('')
  })

  it('can be left after ready: whoever reads them no more does not stop what is served', async () => {
    const port = await freePort()
    const config = fileOf(apacheConfig(port, await echoBackend()))
    const running = await serving([config, ...quiet])
    running.child.stdout?.destroy()
    running.child.kill('SIGHUP')
    const deadline = performance.now() + 5000
    // The reload prints into a closed pipe; a process that ended of it would not answer.
    for (let count = 0; count < 20 && performance.now() < deadline; count++) {
      expect(await echoed(await openTunnel(`ws://127.0.0.1:${port}/`), 'hi')).toBe('hi')
    }
    expect(await running.stop('SIGTERM')).toMatchObject({ code: 0 })
  })
})

describe('what keeps it from starting', () => {
  it.each([
    ['an unknown option', ['--nonsense'], 64, /Unknown option '--nonsense'.*\n.*--help/],
    ['a route beside a file', ['site.conf', '--route', '/=http://a/'], 64, /--route cannot stand beside a config file/],
    ['a route that is none', ['--route', 'nowhere'], 64, /--route/],
    ['a listen that is no port', ['--listen=http'], 64, /--listen=http is not \[ADDRESS:\]PORT/],
    ['any port for a config', ['x.conf', '--tls=0'], 64, /--tls=0 is for routes and the demo[^]*--port PRODUCTION=0/],
    ['a map that is none', ['--route', '/=http://a/', '--map', 'a'], 64, /--map a is not NAME\[:PORT\]=ADDRESS:PORT/],
    ['a port mapped twice', ['--port', '443=1', '--port', '443=2'], 64, /--port maps 443 twice/],
    ['a port mapping that is none', ['--port', '443'], 64, /--port 443 is not PRODUCTION=HERE/],
    ['screens, and none', ['--no-ui', '--open'], 64, /--no-ui and --open contradict/],
    ['a dialect that is none', ['x.conf', '--dialect', 'caddy'], 64, /--dialect caddy is not known/],
    ['a define that is none', ['x.conf', '-D', '=x'], 64, /-D =x is not NAME/],
    ['no capture named', ['--capture='], 64, /--capture needs a file, or off/],
    ['a file that is missing', ['/none/site.conf'], 2, /\/none\/site\.conf cannot be read: there is no such file/],
    ['a folder', ['/'], 2, /cannot be read: it is a folder/],
    ['a command of later', ['explain', 'x'], 64, /has no explain yet/]
  ])('%s', async (_what, words, code, says) => {
    const ended = await run(...words)
    expect(ended).toMatchObject({ code, out: '', err: expect.stringMatching(says) })
    expect(ended.err).toMatch(/^switchyard: /)
  })

  it('files of different kinds', async () => {
    const json = fileOf('{"routes":[]}', 'switchyard.json')
    expect(await run(fileOf(apacheConfig(80, 9)), json)).toMatchObject({ code: 64, err: expect.stringContaining('different kinds') })
  })

  it('a config that httpd refuses: its file and line, as JSON where asked for', async () => {
    const config = fileOf('Listen 8080\nNonsense on\n')
    expect(await run(config, ...quiet)).toMatchObject({ code: 1, out: '', err: expect.stringContaining(`${config}:2`) })
    const asked = await run(config, ...quiet, '--json')
    const last = asked.err.trim().split('\n').at(-1) ?? ''
    expect(JSON.parse(last)).toMatchObject({ event: 'error', code: 'config-refused', message: expect.stringContaining(`${config}:2`) })
    expect(
      asked.out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => (JSON.parse(line) as { event: string }).event)
    ).not.toContain('ready')
  })

  it('a directive that changes routing and is not modelled: named, with --lenient as the way out', async () => {
    const port = await freePort()
    const config = fileOf(apacheConfig(port, 9, 'ProxyRequests On\n'))
    const refused = await run(config, ...quiet)
    expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/ProxyRequests[^]*not modelled yet[^]*--lenient/) })
    const running = await serving([config, '--lenient', ...quiet])
    await expect.poll(() => running.err).toContain('ProxyRequests')
  })

  it('a key that cannot be read', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'site.pem'), 'no certificate')
    writeFileSync(join(folder, 'site.key'), 'no key')
    chmodSync(join(folder, 'site.key'), 0o600)
    const port = await freePort()
    const lines = `SSLEngine on\nSSLCertificateFile ${folder}/site.pem\nSSLCertificateKeyFile ${folder}/site.key\n`
    const config = fileOf(`ServerName localhost\nListen ${port}\n<VirtualHost *:${port}>\nServerName localhost\n${lines}</VirtualHost>\n`)
    const ended = await run(config, ...quiet)
    expect(ended).toMatchObject({ code: 1, out: '', err: expect.stringContaining(`${folder}/site.`) })
  })

  it('a port in use, with the option that chooses another: of the config, of routes, of the demo, of the screens', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void taken.close())
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as AddressInfo
    const config = fileOf(apacheConfig(port, 9))
    expect(await run(config, ...quiet)).toMatchObject({
      code: 1,
      err: expect.stringMatching(new RegExp(`Port ${port} is in use[^]*--port ${port}=`))
    })
    const routes = await run('--route', '/=http://a/', `--listen=${port}`, ...quiet)
    expect(routes).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/in use[^]*--listen=PORT/) })
    expect(await run(`--tls=${port}`, ...quiet)).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/in use[^]*--tls=PORT/) })
    const free = await freePort()
    const screens = await run('--route', '/=http://a/', `--listen=${free}`, `--ui=${port}`)
    expect(screens).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/for the screens, is in use[^]*--ui=/) })
  })

  it('a mapped port in use, or one that this run has itself: the way out is told by the port of the config', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void taken.close())
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as AddressInfo
    const mapped = await run(fileOf(apacheConfig(80, 9)), '--port', `80=${port}`, ...quiet)
    expect(mapped).toMatchObject({ code: 1, err: expect.stringMatching(new RegExp(`Port ${port} is in use[^]*--port 80=(?!${port})\\d`)) })
    const free = await freePort()
    const screens = await run(fileOf(apacheConfig(free, 9)), `--ui=${free}`, '--capture', 'off')
    expect(screens).toMatchObject({
      code: 1,
      err: expect.stringMatching(new RegExp(`Port ${free}, for the screens, is one that the config is served on.[^]*--ui=`))
    })
    const twice = fileOf(apacheConfig(free, 9, `Listen 127.0.0.1:${free}\n`))
    expect(await run(twice, '--expose', ...quiet)).toMatchObject({
      code: 1,
      err: expect.stringContaining('in use by another listener of this config')
    })
  })

  it('a capture that somebody else writes', async () => {
    const file = join(temporaryFolder(), 'mine.swycap')
    const words = async () => ['--route', '/=http://a/', `--listen=${await freePort()}`, '--no-ui', '--capture', file]
    await serving(await words())
    expect(await run(...(await words()))).toMatchObject({ code: 1, out: '', err: expect.stringContaining(`${file} is in use by process`) })
  })
})

describe('stopping', () => {
  async function withTunnels(count: number, words: readonly string[] = quiet) {
    const port = await freePort()
    const running = await serving(['--route', `/=ws://127.0.0.1:${await echoBackend()}/`, `--listen=${port}`, ...words])
    const tunnels = await Promise.all(Array.from({ length: count }, async () => await openTunnel(`ws://127.0.0.1:${port}/`)))
    return { running, tunnels, port, closed: Promise.all(tunnels.map((tunnel) => new Promise((resolve) => tunnel.once('close', resolve)))) }
  }

  it.each(['SIGTERM', 'SIGINT'] as const)('%s ends 100 tunnels and closes the capture within a second', async (signal) => {
    const { running, closed } = await withTunnels(100, ['--no-ui'])
    const askedAt = performance.now()
    expect(await running.stop(signal)).toMatchObject({ code: 0, signal: null })
    expect(performance.now() - askedAt).toBeLessThan(1000)
    await closed
    const { out } = await runIn(running.data, 'export', 'last', '--ndjson', '-')
    const exchanges = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; state: string })
      .filter(({ type }) => type === 'exchange')
    expect(exchanges.map(({ state }) => state)).toEqual(Array(100).fill('closed'))
  })

  it('SIGTERM while a long config is read ends it within a second', async () => {
    const lines = Array.from({ length: 200_000 }, (_, at) => `ProxyPass /app${at}/ http://127.0.0.1:9/app${at}/`)
    const config = fileOf(apacheConfig(await freePort(), 9, lines.join('\n')))
    const running = new Running([config, '--no-ui'])
    // The capture is opened first, then the config is read.
    const captures = join(running.data, 'captures')
    const isOpen = (): boolean => existsSync(captures) && readdirSync(captures).some((name) => name.endsWith('-wal'))
    await expect.poll(isOpen, { timeout: 10_000 }).toBe(true)
    const tookMs = async (stopped: Promise<unknown>): Promise<number> => {
      const askedAt = performance.now()
      await stopped
      return performance.now() - askedAt
    }
    const ended = running.stop('SIGTERM')
    const ms = await tookMs(ended)
    expect(await ended).toMatchObject({ code: 0, signal: null, out: '', err: '' })
    // Not counting what the machine needs now to end one that has nothing to read.
    const { running: idle } = await withTunnels(0, ['--no-ui'])
    expect(ms - (await tookMs(idle.stop('SIGTERM')))).toBeLessThan(1000)
  })

  it('SIGQUIT takes no more and waits for a tunnel', async () => {
    const { running, tunnels, port } = await withTunnels(1)
    running.child.kill('SIGQUIT')
    // Refused once it has heard: until then the port still answers.
    await expect(async () => {
      for (;;) (await openTunnel(`ws://127.0.0.1:${port}/`)).terminate()
    }).rejects.toMatchObject({ code: expect.stringMatching(/ECONNREFUSED|ECONNRESET/) })
    const [tunnel] = tunnels
    if (tunnel === undefined) throw new Error('no tunnel')
    expect(await echoed(tunnel, 'still here')).toBe('still here')
    expect(await running.saidOnStderr(/waiting/)).toContain('note: waiting for 1 exchange; SIGTERM stops now\n')
    running.child.kill('SIGQUIT')
    await running.saidOnStderr(/waiting[^]*waiting/)
    tunnel.close()
    expect(await running.ended).toMatchObject({ code: 0, signal: null })
  })

  it('a SIGTERM ends the patience of a SIGQUIT', async () => {
    const { running, tunnels, closed } = await withTunnels(1)
    running.child.kill('SIGQUIT')
    expect(await echoed(tunnels[0] as never, 'still here')).toBe('still here')
    expect(await running.stop('SIGTERM')).toMatchObject({ code: 0, signal: null })
    await closed
  })

  it('a thread that dies ends the program with 70, and the cause', async () => {
    const copy = temporaryFolder()
    cpSync(dirname(dirname(bundled('cli/switchyard'))), join(copy, 'out'), { recursive: true })
    symlinkSync(join(import.meta.dirname, '../../node_modules'), join(copy, 'node_modules'))
    writeFileSync(join(copy, 'package.json'), '{"type":"module"}')
    const engine = join(copy, 'out/threads/engine.js')
    // It throws as soon as something appears in a folder, so that the test says when.
    const trigger = join(copy, 'trigger')
    mkdirSync(trigger)
    const dying = `import { watch } from 'node:fs'\nwatch(${JSON.stringify(trigger)}, () => { throw new Error('out of luck') })\n`
    writeFileSync(engine, `${dying}${readFileSync(engine, 'utf8')}`)
    const running = new Running(['--route', '/=http://a/', `--listen=${await freePort()}`], { entry: join(copy, 'out/cli/switchyard.js') })
    await running.line(/^ready$/)
    writeFileSync(join(trigger, 'now'), '')
    const ended = await running.ended
    expect(ended).toMatchObject({
      code: 70,
      signal: null,
      err: expect.stringMatching(/^switchyard: The engine thread stopped: out of luck\./)
    })
    expect(ended.err.match(/^switchyard: /gm)).toHaveLength(1)
  })
})

describe('SIGHUP', () => {
  it('reloads without dropping tunnels; a bad config changes nothing and says why', async () => {
    const [port, more] = [await freePort(), await freePort()]
    const backend = await echoBackend()
    const config = fileOf(apacheConfig(port, backend))
    const running = await serving([config, '--capture', 'off'])
    const tunnel = await openTunnel(`ws://127.0.0.1:${port}/`)
    writeFileSync(config, `${apacheConfig(port, backend)}Nonsense on\n`)
    running.child.kill('SIGHUP')
    expect(await running.saidOnStderr(/what was served before goes on/)).toContain(`${config}:4`)
    expect([await echoed(tunnel, 'one'), await echoed(await openTunnel(`ws://127.0.0.1:${port}/`), 'two')]).toEqual(['one', 'two'])
    const screens = new URL((await running.line(/^screens /)).slice(8)).port
    writeFileSync(config, apacheConfig(port, backend, `Listen ${screens}\n`))
    running.child.kill('SIGHUP')
    expect(await running.saidOnStderr(/Port \d+ is the one that the screens of this run have/)).toContain(`--port ${screens}=`)
    writeFileSync(config, apacheConfig(port, backend, `Listen ${more}\n`))
    running.child.kill('SIGHUP')
    expect(await running.line(/^reloaded/)).toBe('reloaded, config 2')
    expect([await echoed(tunnel, 'three'), await echoed(await openTunnel(`ws://127.0.0.1:${more}/`), 'four')]).toEqual(['three', 'four'])
  })
})

describe('thousands of tunnels', () => {
  it('3,000 echo at once, and are recorded, each with its frames', { timeout: 120_000 }, async () => {
    const file = join(temporaryFolder(), 'many.swycap')
    const running = await serving(['--route', `/=ws://127.0.0.1:${await echoBackend()}/`, '--listen=0', '--no-ui', '--capture', file])
    const tunnels = await openMany(3000, () => openTunnel(`ws://${running.at}/`))
    const words = tunnels.map((_, at) => `mine ${at}`)
    expect(await Promise.all(tunnels.map((tunnel, at) => echoed(tunnel, `mine ${at}`)))).toEqual(words)
    expect(await running.stop('SIGTERM')).toMatchObject({ code: 0, err: '' })
    const reader = new CaptureReader(file)
    onTestFinished(() => reader.close())
    expect(reader.counts()).toMatchObject({ exchanges: 3000, frames: 6000 })
  })

  it('1,000 over TLS live through three reloads', { timeout: 60_000 }, async () => {
    const authority = new TestAuthority()
    onTestFinished(() => authority.remove())
    const { certFile, keyFile } = authority.issue('DNS:localhost')
    const port = await freePort()
    const secure = `SSLEngine on\nSSLCertificateFile ${certFile}\nSSLCertificateKeyFile ${keyFile}\n`
    const config = fileOf(apacheConfig(port, await echoBackend(), secure))
    const running = await serving([config, ...quiet])
    const tunnels = await openMany(1000, () => openTunnel(`wss://localhost:${port}/`, { ca: authority.ca.cert }))
    for (const generation of [2, 3, 4]) {
      writeFileSync(config, apacheConfig(port, 9, `${secure}# ${generation}\n`))
      running.child.kill('SIGHUP')
      await running.line(new RegExp(`^reloaded, config ${generation}$`))
    }
    const words = tunnels.map((_, at) => `still ${at}`)
    expect(await Promise.all(tunnels.map((tunnel, at) => echoed(tunnel, `still ${at}`)))).toEqual(words)
  })
})

/** Fifty at a time, so that none waits for longer than the system's queue of a listener. */
async function openMany(count: number, open: () => Promise<WebSocket>): Promise<WebSocket[]> {
  const tunnels: WebSocket[] = []
  while (tunnels.length < count) tunnels.push(...(await Promise.all(Array.from({ length: 50 }, open))))
  return tunnels
}

describe('where it listens', () => {
  it('takes any free port for 0, and prints it', async () => {
    const backend = await echoBackend()
    const running = await serving(['--route', `/=ws://127.0.0.1:${backend}/`, '--listen=0', '--tls=0', '--listen=0', ...quiet])
    const ports = running.lines.flatMap((line) => /^listening https?:\/\/127\.0\.0\.1:(\d+)$/.exec(line)?.[1] ?? [])
    expect(new Set(ports.filter((port) => port !== '0')).size).toBe(3)
    expect(await echoed(await openTunnel(`ws://${running.at}/`), 'hi')).toBe('hi')
  })

  it('maps a port both ways, and serves a production address on loopback', async () => {
    const here = await freePort()
    const config = fileOf(`ServerName localhost\nListen 192.0.2.10:80\nRedirect /old http://localhost/new\n`)
    const running = await serving([config, '--port', `80=${here}`, ...quiet])
    expect(running.at).toBe(`127.0.0.1:${here}`)
    const redirect = await fetch(`http://${running.at}/old`, { redirect: 'manual', headers: { Host: 'localhost' } })
    expect(redirect.headers.get('location')).toBe(`http://localhost:${here}/new`)
  })

  it('exposes what it is told to, with a warning', async () => {
    const port = await freePort()
    const running = await serving([fileOf(apacheConfig(port, 9)), '--expose', ...quiet])
    expect(running.at).toBe(`0.0.0.0:${port}`)
    await expect.poll(() => running.err).toContain(`warning: http://0.0.0.0:${port} can be reached from other machines (--expose).`)
  })

  it('says so where a map is for an origin that the config does not have', async () => {
    const words = [fileOf(apacheConfig(await freePort(), 9)), '--map', 'backend-sever=127.0.0.1:3000', ...quiet]
    const running = await serving(words)
    await expect.poll(() => running.err).toMatch(/^warning: The config sends nothing to backend-sever.*127\.0\.0\.1:9/ms)
  })

  it('says so where --listen has no say', async () => {
    const [port, asked] = [await freePort(), await freePort()]
    const running = await serving([fileOf(apacheConfig(port, 9)), `--listen=${asked}`, ...quiet])
    await expect.poll(() => running.err).toContain(`--port PRODUCTION=${asked} maps one`)
  })
})
