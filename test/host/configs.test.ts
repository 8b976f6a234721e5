import { chmodSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Configs } from '../../main/host/config/configs.js'
import type { ServeSpec } from '../../main/host/serve-spec.js'
import { bundledThreads } from '../../main/host/threads.js'
import type { TextOf } from '../../shared/contract.js'
import { freePort } from '../oracle/loopback.js'
import { echoBackend, runningHost, temporaryFolder, writeConfig, nativeSpec } from './running-host.js'
import { appScreen } from './screens.js'

const off = { capture: 'off' } as const

async function opened(dataDir = temporaryFolder()) {
  const { host } = await runningHost({ ...off, dataDir })
  const screen = await appScreen(host)
  const file = join(temporaryFolder(), 'switchyard.json')
  const port = await freePort()
  writeConfig(file, [{ match: '/', respond: { status: 200, body: 'disk' } }], port)
  const facts = await screen.ask('config.open', { files: [file] })
  const says = async () => await (await fetch(`http://127.0.0.1:${port}/`)).text()
  const text = readFileSync(file, 'utf8')
  return { host, screen, file, port, facts, says, text, dataDir }
}

describe('drafts', () => {
  it('are checked, applied and saved, each by itself', async () => {
    const { screen, file, says, text } = await opened()
    expect(await screen.ask('config.files', {})).toEqual({
      options: { lenient: false, ports: [], maps: [], expose: false },
      served: true,
      files: [{ file, root: true, edited: false, isNew: false, unapplied: false, changedOnDisk: false, writable: true }]
    })
    expect(await screen.ask('config.edit', { file, text: text.replace('"disk"', '"draft", "nonsense": 1') })).toMatchObject({
      edited: true
    })
    expect((await screen.ask('config.check', {})).findings).toMatchObject([{ severity: 'error', span: { file } }])
    expect(await screen.exchange('config.apply', {})).toMatchObject({ ok: false, error: { code: 'config-refused' } })
    const draft = text.replace('disk', 'dräft')
    await screen.ask('config.edit', { file, text: draft })
    expect([await says(), (await screen.ask('config.check', {})).findings]).toEqual(['disk', []])
    await screen.ask('config.apply', {})
    expect([await says(), readFileSync(file, 'utf8')]).toEqual(['dräft', text])
    const applied = await screen.ask('config.text', { file })
    expect(applied).toMatchObject({ text: draft, onDisk: text, applied: draft, edited: true, unapplied: false, changedOnDisk: false })
    expect(await screen.ask('config.save', { file, base: applied.base })).toMatchObject({ edited: false, unapplied: false })
    expect(readFileSync(file, 'utf8')).toBe(draft)
  })

  it('are made of a text that stands in no file: in the data folder, whatever its name says, and none of what is no config', async () => {
    const { screen, text, says, dataDir } = await opened()
    await screen.ask('config.openText', { name: '../a/b.json', text: text.replace('disk', 'dropped') })
    const file = join(dataDir, 'dropped', '.._a_b.json')
    expect(await says()).toBe('dropped')
    expect(await screen.ask('config.files', {})).toMatchObject({ files: [{ file, edited: true, unapplied: false, writable: true }] })
    expect((await screen.ask('settings.get', {})).recentConfigs[0]).toEqual([file])
    await screen.ask('config.save', { file, base: null })
    expect(readFileSync(file, 'utf8')).toBe(text.replace('disk', 'dropped'))
    const drafts = readdirSync(join(dataDir, 'drafts'))
    expect(await screen.exchange('config.openText', { name: 'nginx.conf', text: 'http { server { listen 80; } }' })).toMatchObject({
      ok: false,
      error: { code: 'config-unreadable' }
    })
    expect([await says(), readdirSync(join(dataDir, 'drafts'))]).toEqual(['dropped', drafts])
  })

  it('survive a restart, and what was applied is served again', async () => {
    const { host, screen, file, text, dataDir, port, says } = await opened()
    const [applied, later] = [text.replace('disk', 'applied'), text.replace('disk', 'later')]
    await screen.ask('config.edit', { file, text: applied })
    await screen.ask('config.apply', {})
    await screen.ask('config.edit', { file, text: later })
    await host.close()
    const [draft = ''] = readdirSync(join(dataDir, 'drafts'))
    expect(statSync(join(dataDir, 'drafts', draft)).mode & 0o777).toBe(0o600)
    const { host: next } = await runningHost({ ...off, dataDir })
    expect(await next.resume()).toMatchObject({ opened: [file], generation: 1 })
    expect([await says(), port > 0]).toEqual(['applied', true])
    const again = await appScreen(next)
    expect(await again.ask('config.text', { file })).toMatchObject({ text: later, applied, onDisk: text, edited: true, unapplied: true })
    expect(await again.ask('config.revert', { file, to: 'applied' })).toMatchObject({ text: applied, edited: true, unapplied: false })
    expect(await again.ask('config.revert', { file, to: 'disk' })).toMatchObject({ text, edited: false, unapplied: true })
  })

  it('are not saved over what somebody else wrote, and the change is told', async () => {
    const { screen, file, text } = await opened()
    const { base } = await screen.ask('config.text', { file })
    await screen.ask('config.edit', { file, text: text.replace('disk', 'mine') })
    const told = screen.events.filter(({ event }) => event === 'config.changed').length
    const theirs = text.replace('disk', 'theirs')
    writeFileSync(file, theirs)
    expect(await screen.event('config.changed', () => true, told)).toEqual({ file })
    expect(await screen.exchange('config.save', { file, base })).toMatchObject({
      error: { code: 'config-changed', hint: expect.any(String) }
    })
    const now = await screen.ask('config.text', { file })
    expect(now).toMatchObject({ changedOnDisk: true, onDisk: theirs })
    const as = join(temporaryFolder(), 'other.json')
    await screen.ask('config.save', { file, as, base })
    expect(readFileSync(as, 'utf8')).toContain('mine')
    expect(await screen.exchange('config.save', { file, as, base })).toMatchObject({ error: { code: 'config-changed' } })
    await screen.ask('config.save', { file, base: now.base })
    expect(readFileSync(file, 'utf8')).toContain('mine')
  })

  it('keep line ends, mark, encoding, mode and link of their file', async () => {
    const { screen } = await opened()
    const folder = temporaryFolder()
    const port = await freePort()
    const [file, link] = [join(folder, 'site.conf'), join(folder, 'link.conf')]
    writeFileSync(file, Buffer.from(`# caf\xe9\r\nServerName localhost\r\nListen ${port}\r\n`, 'latin1'))
    chmodSync(file, 0o640)
    symlinkSync(file, link)
    await screen.ask('config.open', { files: [link] })
    const text = await screen.ask('config.text', { file: link })
    expect(text).toMatchObject({ text: `# café\nServerName localhost\nListen ${port}\n`, encoding: 'latin1', lineEnds: 'crlf' })
    expect(await screen.exchange('config.edit', { file: link, text: '€' })).toMatchObject({ error: { code: 'request-invalid' } })
    await screen.ask('config.edit', { file: link, text: `${text.text}# thé\n` })
    await screen.ask('config.save', { file: link, base: text.base })
    expect(readFileSync(file, 'latin1')).toBe(`# caf\xe9\r\nServerName localhost\r\nListen ${port}\r\n# th\xe9\r\n`)
    expect(statSync(file).mode & 0o777).toBe(0o640)
    expect(readdirSync(folder).sort()).toEqual(['link.conf', 'site.conf'])
  })
})

describe('a config with lines that are not modelled', () => {
  it('is open though it is refused, and starts without them', async () => {
    const { host } = await runningHost(off)
    const screen = await appScreen(host)
    const file = join(temporaryFolder(), 'site.conf')
    writeFileSync(file, `Listen ${await freePort()}\nServerName localhost\nRewriteEngine On\nRewriteRule ^/ws ws://127.0.0.1:9/ [P]\n`)
    const error = {
      code: 'config-unsupported',
      hint: expect.stringMatching(/“Start without…” on the Config screen, --lenient on/) as string
    }
    expect(await screen.exchange('config.open', { files: [file] })).toMatchObject({ ok: false, error })
    const status = await screen.ask('status', {})
    expect(status).toMatchObject({ state: 'failed', config: null })
    expect(status.refused.filter(({ routing }) => routing).length).toBeGreaterThan(0)
    expect((await screen.ask('config.files', {})).files).toMatchObject([{ file, root: true, unapplied: true }])
    expect((await screen.ask('config.text', { file })).text).toContain('RewriteEngine')
    const started = await screen.ask('run.start', { lenient: true })
    expect(started).toMatchObject({ state: 'running', refused: [], config: { options: { lenient: true }, opened: [file] } })
    expect(started.config?.leftOut).toBeGreaterThan(0)
    expect((await screen.ask('settings.get', {})).recentConfigs).toEqual([[file]])
  })
})

describe('texts of other configs than the one that is edited', () => {
  it('are those of a generation, of an exchange, and of what was refused', async () => {
    const { host } = await runningHost()
    const screen = await appScreen(host)
    const [file, port] = [join(temporaryFolder(), 'site.conf'), await freePort()]
    const first = `Listen ${port}\nServerName localhost\nRedirect / http://caf\u00e9.example/\n`
    writeFileSync(file, first)
    await screen.ask('config.open', { files: [file] })
    await fetch(`http://127.0.0.1:${port}/`, { redirect: 'manual' })
    const [second, third] = [`# two\n${first}`, `# three\n${first}NoSuchDirective\n`]
    await screen.ask('config.edit', { file, text: second })
    await screen.ask('config.apply', {})
    await screen.ask('config.edit', { file, text: third })
    expect(await screen.exchange('config.apply', {})).toMatchObject({ error: { code: 'config-refused' } })
    await screen.ask('config.edit', { file, text: '# draft' })

    const of = async (which: TextOf, name = file) => await screen.ask('config.textOf', { file: name, of: which })
    expect(await of({ generation: 1 })).toEqual({ text: first, generation: 1 })
    expect(await of({ generation: 2 })).toEqual({ text: second, generation: 2 })
    expect(await of('refused')).toEqual({ text: third, generation: null })
    await expect
      .poll(async () => (await screen.exchange('config.textOf', { file, of: { exchange: 1 } })).reply)
      .toEqual({
        text: first,
        generation: 1
      })
    expect(await of({ generation: 3 })).toEqual({ text: null, generation: 3 })
    expect(await of({ generation: 2 }, '/etc/none.conf')).toEqual({ text: null, generation: 2 })
  })
})

describe('options', () => {
  it('serve anew, are kept for the config, and change nothing where a port is taken', async () => {
    const { host, screen, file, port, says, dataDir } = await opened()
    const taken = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void taken.close())
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port: there } = taken.address() as AddressInfo
    expect(await screen.exchange('config.options', { ports: [[port, there]] })).toMatchObject({ error: { code: 'port-in-use' } })
    expect([await says(), (await screen.ask('config.get', {})).options.ports]).toEqual(['disk', []])
    expect(await screen.exchange('config.options', { maps: ['nonsense'] })).toMatchObject({ error: { code: 'bad-argument' } })
    const elsewhere = await freePort()
    expect((await screen.ask('config.options', { ports: [[port, elsewhere]] }))?.options.ports).toEqual([[port, elsewhere]])
    expect(await (await fetch(`http://127.0.0.1:${elsewhere}/`)).text()).toBe('disk')
    await host.close()
    const { host: next } = await runningHost({ ...off, dataDir })
    expect((await (await appScreen(next)).ask('config.open', { files: [file] })).options.ports).toEqual([[port, elsewhere]])
  })

  it('map a backend for requests from now on', async () => {
    const { host } = await runningHost(off)
    const screen = await appScreen(host)
    const [backend, port] = [await echoBackend(), await freePort()]
    const file = join(temporaryFolder(), 'switchyard.json')
    writeConfig(file, [{ match: '/', to: 'http://backend.invalid:8080/' }], port)
    await screen.ask('config.open', { files: [file] })
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBeGreaterThanOrEqual(500)
    await screen.ask('config.options', { maps: [`backend.invalid=127.0.0.1:${backend}`] })
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('a page')
    expect(await screen.ask('backend.probe', { host: 'backend.invalid', port: 8080, tls: false })).toMatchObject({
      reachable: true,
      why: null
    })
    const facts = await screen.ask('config.options', { maps: [`backend.invalid:81=127.0.0.1:${backend}`] })
    expect(facts?.findings).toContainEqual(expect.objectContaining({ code: 'map-unused', hint: 'Its origins: backend.invalid:8080' }))
  })
})

describe('a config that is refused', () => {
  /** Another program has the port that it names; its key is none. */
  async function refusedSite(certificate: string) {
    const { host } = await runningHost(off)
    const screen = await appScreen(host)
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    const file = join(temporaryFolder(), 'site.conf')
    writeFileSync(file, `ServerName localhost\nListen ${port}\n${certificate}ProxyPass / http://backend.invalid:8080/\n`)
    const refused = await screen.exchange('config.open', { files: [file] })
    return { screen, file, port, code: refused.ok ? null : refused.error?.code }
  }

  it('is told of as if it were served, and its ports and backends are mapped for the next apply', async () => {
    const { screen, port, code } = await refusedSite('')
    expect(code).toBe('port-in-use')
    const { findings, sketch } = await screen.ask('config.check', {})
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(sketch?.listeners).toEqual([{ address: '*', port, tls: false }])
    expect(sketch?.hosts.flatMap(({ routes }) => routes.map(({ to }) => to))).toEqual(['http://backend.invalid:8080/'])

    const [backend, here] = [await echoBackend(), await freePort()]
    const options = { ports: [[port, here]], maps: [`backend.invalid:8080=127.0.0.1:${backend}`] } as const
    expect(await screen.exchange('config.options', { maps: ['nonsense'] })).toMatchObject({ error: { code: 'bad-argument' } })
    expect(await screen.ask('config.options', { ports: [[port, here]], maps: [...options.maps] })).toBeNull()
    expect(await screen.ask('config.files', {})).toMatchObject({ options, served: false })
    expect(await screen.ask('status', {})).toMatchObject({ state: 'failed', listeners: [] })
    expect(await screen.ask('config.apply', {})).toMatchObject({ options })
    expect(await (await fetch(`http://127.0.0.1:${here}/`)).text()).toBe('a page')
    expect(await screen.ask('config.files', {})).toMatchObject({ options, served: true })
  })

  it('is told of where its certificate or its grammar is what is wrong, as far as it can be read', async () => {
    const key = join(temporaryFolder(), 'key.pem')
    writeFileSync(key, 'no key')
    const { screen, file, code } = await refusedSite(`SSLEngine on\nSSLCertificateFile ${key}\n`)
    expect(code).toBe('config-refused')
    const { findings, sketch } = await screen.ask('config.check', {})
    expect(findings).toContainEqual(expect.objectContaining({ code: 'certificate-broken', severity: 'error' }))
    expect(sketch?.hosts[0]?.routes).toMatchObject([{ match: '/', to: 'http://backend.invalid:8080/' }])
    await screen.ask('config.edit', { file, text: 'NoSuchDirective\n' })
    expect((await screen.ask('config.check', {})).sketch).toBeNull()
  })

  it('leaves what is served as it is, and its options alone', async () => {
    const { screen, file, text, says, port } = await opened()
    await screen.ask('config.edit', { file, text: text.replace('"disk"', '1') })
    expect(await screen.exchange('config.apply', {})).toMatchObject({ error: { code: 'config-refused' } })
    const elsewhere = await freePort()
    expect(await screen.ask('config.options', { ports: [[port, elsewhere]] })).toBeNull()
    expect([await says(), (await screen.ask('config.get', {})).options.ports]).toEqual(['disk', []])
    await screen.ask('config.revert', { file, to: 'disk' })
    await screen.ask('config.apply', {})
    expect(await (await fetch(`http://127.0.0.1:${elsewhere}/`)).text()).toBe('disk')
  })
})

describe('routes without a file', () => {
  it('are served as a draft of the config that they stand for, which is edited, saved and restored like any other; and so is the demo', async () => {
    const dataDir = temporaryFolder()
    const { host } = await runningHost({ ...off, dataDir })
    const screen = await appScreen(host)
    const listen = [{ address: '127.0.0.1', port: await freePort(), tls: false }]
    const { opened } = await screen.ask('config.openRoutes', { routes: ['/=http://127.0.0.1:9/'], listen })
    const [file = ''] = opened
    expect([opened.length, file]).toEqual([1, join(dataDir, 'quick-route/quick-route.json')])
    expect((await screen.ask('config.files', {})).files).toMatchObject([{ file, edited: true, isNew: true, unapplied: false }])
    const { text } = await screen.ask('config.text', { file })
    expect(JSON.parse(text)).toEqual({ listen, routes: [{ match: '/', to: 'http://127.0.0.1:9/' }] })
    expect(host.settings.read().recentConfigs).toEqual([opened])
    // There is no file to read again: what is served stays.
    expect(await screen.ask('config.reload', {})).toMatchObject({ opened })
    const mine = join(temporaryFolder(), 'switchyard.json')
    await screen.ask('config.save', { file, as: mine, base: null })
    expect(readFileSync(mine, 'utf8')).toBe(text)

    await host.serve(nativeSpec([{ match: '/', to: 'http://127.0.0.1:9/' }]))
    expect(await screen.exchange('config.openRoutes', { routes: ['nonsense'] })).toMatchObject({ error: { code: 'bad-argument' } })
    // What was served before was opened by nobody.
    expect(host.settings.read().recentConfigs).toEqual([opened])
    await screen.ask('config.openRoutes', { routes: [], listen })
    expect(await (await fetch(`http://127.0.0.1:${listen[0]?.port}/demo/`)).text()).toContain('Switchyard demo')
    expect(await screen.ask('config.files', {})).toMatchObject({ files: [], served: true })
  })

  it('leave what somebody wrote into earlier ones as it is, which is opened again from the recent configs', async () => {
    const dataDir = temporaryFolder()
    const { host } = await runningHost({ ...off, dataDir })
    const screen = await appScreen(host)
    const listen = [{ address: '127.0.0.1', port: await freePort(), tls: false }]
    const quick = async (port: number): Promise<string> =>
      basename((await screen.ask('config.openRoutes', { routes: [`/=http://127.0.0.1:${port}/`], listen })).opened[0] ?? '')
    expect([await quick(1), await quick(1)]).toEqual(['quick-route.json', 'quick-route.json'])
    const file = join(dataDir, 'quick-route/quick-route.json')
    const { text } = await screen.ask('config.text', { file })
    const [applied, later] = ['/applied/', '/later/'].map((match) => text.replace('"/"', `"${match}"`)) as [string, string]
    await screen.ask('config.edit', { file, text: applied })
    await screen.ask('config.apply', {})
    await screen.ask('config.edit', { file, text: later })
    expect([await quick(2), await quick(3)]).toEqual(['quick-route-2.json', 'quick-route-3.json'])
    // It is served as it was; what was typed since waits for Apply, and can be taken back.
    expect(await screen.ask('config.open', { files: [file] })).toMatchObject({ opened: [file] })
    expect(await screen.ask('config.text', { file })).toMatchObject({ text: later, applied, isNew: true, unapplied: true })
    expect(await screen.ask('config.revert', { file, to: 'applied' })).toMatchObject({ text: applied, unapplied: false })
    const names = host.settings.read().recentConfigs.map(([each = '']) => basename(each))
    expect(names).toEqual(['quick-route.json', 'quick-route-3.json', 'quick-route-2.json'])

    const drop = async (text: string): Promise<string> =>
      basename((await screen.ask('config.openText', { name: 'site.json', text })).opened[0] ?? '')
    expect([await drop(text), await drop(text), await drop(applied)]).toEqual(['site.json', 'site.json', 'site-2.json'])
    const dropped = join(dataDir, 'dropped/site.json')
    await screen.ask('config.open', { files: [dropped] })
    await screen.ask('config.save', { file: dropped, base: null })
    expect([await drop(later), await drop(text), readFileSync(dropped, 'utf8')]).toEqual(['site-3.json', 'site-4.json', text])
  })
})

it('routes that name no place are served plain on 8080 and over TLS on 8443', async () => {
  const asked: ServeSpec[] = []
  const configs = new Configs({
    dataDir: temporaryFolder(),
    threads: bundledThreads,
    remember: false,
    // Nothing listens: these ports are other tests' as well.
    serve: (spec) => {
      asked.push(spec)
      return Promise.reject(new Error('enough'))
    },
    reload: () => Promise.reject(new Error('not asked for')),
    serving: () => false,
    onChanged: () => {},
    onWarning: () => {}
  })
  onTestFinished(() => configs.close())
  await expect(configs.openRoutes({ routes: ['/ws/=ws://127.0.0.1:3000/'] })).rejects.toThrow('enough')
  expect(asked.map(({ overlays }) => JSON.parse(overlays[0]?.text ?? '').listen)).toEqual([
    [
      { address: '127.0.0.1', port: 8080, tls: false },
      { address: '127.0.0.1', port: 8443, tls: true }
    ]
  ])
})
