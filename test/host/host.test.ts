import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { plainSpec } from '../../main/host/serve-spec.js'
import { echoBackend, echoed, nativeSpec, openTunnel, runningHost, temporaryFolder, writeConfig } from './running-host.js'
import { appScreen, browserScreen, rowsOf } from './screens.js'
import type { Screen } from './screens.js'

const off = { capture: 'off' } as const
const wrong = [{ match: '/', to: 'http://a/', nonsense: true }]

async function servingEcho(options: Parameters<typeof runningHost>[0] = off) {
  const running = await runningHost(options)
  const routes = [{ match: '/', to: `http://127.0.0.1:${await echoBackend()}/` }]
  const spec = nativeSpec(routes)
  const { listeners } = await running.host.serve(spec)
  const url = `${listeners[0]?.url.replace('http', 'ws')}/ws`
  return { ...running, spec, url, routes }
}

describe('serving', () => {
  it('goes from stopped over running to stopped and back, and says so', async () => {
    const { host, url } = await servingEcho()
    const screen = await appScreen(host)
    expect(host.status).toMatchObject({ state: 'running', error: null, config: { dialect: 'native', generation: 1 }, capture: null })
    await host.stop('now')
    expect(host.status).toMatchObject({ state: 'stopped', listeners: [] })
    await expect(openTunnel(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await host.restart()
    expect(await echoed(await openTunnel(`${host.listeners[0]?.url.replace('http', 'ws')}/ws`), 'hi')).toBe('hi')
    const states = screen.events.flatMap((each) => (each.event === 'status' ? [each.data.state] : []))
    expect(states).toEqual(['stopped', 'starting', 'running'])
  })

  it('fails with the reason where the first config is refused, and starts once it is mended', async () => {
    const { host } = await runningHost(off)
    const spec = nativeSpec(wrong)
    const { error, findings, config } = await host.serve(spec)
    expect(error).toMatchObject({ code: 'config-refused', message: expect.stringContaining(spec.file) })
    expect([findings.length > 0, config]).toEqual([true, null])
    expect(host.status).toMatchObject({ state: 'failed', error: { code: 'config-refused' }, refused: findings })
    await expect(host.restart()).rejects.toMatchObject({ code: 'config-refused' })
    writeConfig(spec.file, [{ match: '/', to: 'http://127.0.0.1:9/' }])
    await host.restart()
    expect(host.status).toMatchObject({ state: 'running', error: null, refused: [] })
  })

  it('keeps what is served, tunnels too, where a reload is refused or its file is gone', async () => {
    const { host, spec, url, routes } = await servingEcho()
    const tunnel = await openTunnel(url)
    writeConfig(spec.file, wrong)
    expect((await host.reload()).error).toMatchObject({ code: 'config-refused' })
    expect(host.status).toMatchObject({ state: 'running', error: { code: 'config-refused' }, config: { generation: 1 } })
    await expect(host.serve(plainSpec(['/none.conf']))).rejects.toMatchObject({ code: 'config-unreadable' })
    expect(host.status.state).toBe('running')
    expect([await echoed(tunnel, 'one'), await echoed(await openTunnel(url), 'two')]).toEqual(['one', 'two'])
    writeConfig(spec.file, routes)
    expect((await host.reload()).error).toBeNull()
    expect(host.status).toMatchObject({ state: 'running', error: null, config: { generation: 2 } })
    expect(await echoed(tunnel, 'three')).toBe('three')
  })

  it('leaves nothing half started where one port of several is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void taken.close())
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as AddressInfo
    const file = join(temporaryFolder(), 'switchyard.json')
    const listen = [8080, 8081].map((each) => ({ address: '127.0.0.1', port: each, tls: false }))
    writeFileSync(file, JSON.stringify({ listen, routes: [{ match: '/', to: 'http://127.0.0.1:9/' }] }))
    const { host } = await runningHost(off)
    const { error } = await host.serve({
      ...plainSpec([file]),
      ports: [
        [8080, 0],
        [8081, port]
      ]
    })
    expect(error).toMatchObject({ code: 'port-in-use', message: expect.stringContaining(String(port)) })
    expect(host.status).toMatchObject({ state: 'failed', listeners: [] })
  })

  it('does starts, reloads and stops one after the other, however they are asked for', async () => {
    const { host, spec } = await servingEcho()
    const asked = [host.reload(), host.serve(spec), host.reload()] as const
    const generations = (await Promise.all(asked)).map(({ config }) => config?.generation)
    expect(generations).toEqual([2, 3, 4])
    const [, stopped] = await Promise.allSettled([host.stop('now'), host.reload()])
    expect(stopped).toMatchObject({ status: 'rejected', reason: { code: 'request-invalid' } })
    expect(host.status.listeners).toEqual([])
  })

  it('waits for tunnels when it stops gracefully, and ends them when patience is lost', async () => {
    const { host, url } = await servingEcho()
    const tunnel = await openTunnel(url)
    let over = false
    const graceful = host.stop('graceful').then(() => (over = true))
    expect(await echoed(tunnel, 'still here')).toBe('still here')
    await expect(openTunnel(url)).rejects.toThrow()
    expect(over).toBe(false)
    const closed = new Promise((resolve) => tunnel.once('close', resolve))
    await host.stop('now')
    await Promise.all([graceful, closed])
    expect(over).toBe(true)
  })
})

describe('screens', () => {
  it('get ticks of their own views, each after the last was acknowledged', async () => {
    const { host, url } = await servingEcho({})
    const [lazy, eager] = [await browserScreen(host), await appScreen(host)]
    const all = { kind: 'exchanges', filter: '' } as const
    const [lazyView, eagerView] = [await lazy.ask('view.open', all), await eager.ask('view.open', all)]
    for (let count = 0; count < 3; count++) await openTunnel(url)
    await rowsOf(eager, eagerView.view, 3)
    await lazy.event('view.tick')
    const ticksOf = (screen: Screen) => screen.events.flatMap((each) => (each.event === 'view.tick' ? [each.data.view] : []))
    expect(ticksOf(lazy)).toEqual([lazyView.view])
    expect(new Set(ticksOf(eager))).toEqual(new Set([eagerView.view]))
    expect(Object.keys(await lazy.event('view.tick')).sort()).toEqual(Object.keys(lazyView).sort())
    await lazy.ask('view.ack', { view: lazyView.view })
    // However much the first tick told of, there is news now; what is news may be no more than that matching ended.
    await openTunnel(url)
    await lazy.event('view.tick', () => true, 1)
    await rowsOf(eager, eagerView.view, 4)
    expect(ticksOf(lazy)).toEqual([lazyView.view, lazyView.view])
    expect((await rowsOf(lazy, lazyView.view, 4)).rows).toHaveLength(4)
  })

  it('leave nothing behind: their views are closed when they go', async () => {
    const { host } = await servingEcho({})
    for (const screen of [await browserScreen(host), await appScreen(host)]) {
      for (let count = 0; count < 64; count++) await screen.ask('view.open', { kind: 'logs', filter: '' })
      expect(await screen.exchange('view.open', { kind: 'logs', filter: '' })).toMatchObject({ ok: false })
      screen.leave()
      const next = await appScreen(host)
      let opened = await next.exchange('view.open', { kind: 'logs', filter: '' })
      for (let tries = 0; !opened.ok && tries < 10_000; tries++) opened = await next.exchange('view.open', { kind: 'logs', filter: '' })
      expect(opened.ok).toBe(true)
      next.leave()
    }
  })

  it('are told of counts as they come', async () => {
    const { host, url } = await servingEcho()
    const screen = await browserScreen(host)
    await openTunnel(url)
    expect(await screen.event('counts', ({ openTunnels }) => openTunnels === 1)).toMatchObject({ exchanges: 1, tunnels: 1 })
    expect((await screen.ask('status', {})).counts).toMatchObject({ openTunnels: 1 })
  })

  it('are told of as many exchanges as the list has, over a stop and a start, and from none with a new capture', async () => {
    const { host, url } = await servingEcho({})
    const screen = await appScreen(host)
    const listed = async (): Promise<number> => {
      const { view } = await screen.ask('view.open', { kind: 'exchanges', filter: '' })
      return (await screen.ask('view.window', { view, first: 0, count: 0 })).total
    }
    const told = async (): Promise<number> => {
      await host.refreshCounts()
      return host.status.counts.exchanges
    }
    for (const path of ['/one', '/two']) await fetch(`${url.replace('ws:', 'http:')}${path}`)
    await expect.poll(told).toBe(2)
    await host.stop('now')
    expect([await told(), await listed()]).toEqual([2, 2])
    await host.restart()
    expect(await told()).toBe(2)
    await fetch(`${host.listeners[0]?.url}/three`)
    await expect.poll(told).toBe(3)
    expect(await listed()).toBe(3)
    await screen.ask('capture.clear', {})
    expect([await told(), await listed()]).toEqual([0, 0])
  })

  it('are told of the log lines of an exchange that failed, which are rows of the capture, too', async () => {
    const { host } = await runningHost()
    const screen = await browserScreen(host)
    const file = join(temporaryFolder(), 'site.conf')
    writeFileSync(file, `Listen 127.0.0.1:8080\nServerName localhost\nProxyPass / http://127.0.0.1:1/\n`)
    const { listeners, error } = await host.serve({ ...plainSpec([file]), ports: [[8080, 0]] })
    expect(error).toBeNull()
    const { view } = await screen.ask('view.open', { kind: 'logs', filter: '' })
    expect((await fetch(listeners[0]?.url.replace(/^ws/, 'http') ?? '')).status).toBe(503)
    const lines = [
      { level: 'error', source: 'server', code: 'AH00957' },
      { level: 'info', source: 'access', code: 'access' }
    ]
    for (const line of lines)
      expect(await screen.event('log', ({ code }) => code === line.code)).toMatchObject({ ...line, exchange: 1, connection: 1 })
    const { rows } = await rowsOf(screen, view, 3)
    expect(rows).toEqual(expect.arrayContaining(lines.map((line) => expect.objectContaining({ ...line, exchange: 1 }) as unknown)))
  })

  it('begin a new capture; views of the old one end, tunnels go on in the new one', async () => {
    const { host, url } = await servingEcho({})
    const screen = await appScreen(host)
    const tunnel = await openTunnel(url)
    const { view } = await screen.ask('view.open', { kind: 'exchanges', filter: '' })
    const before = host.capture?.name
    const [{ session }, again] = await Promise.all([screen.ask('capture.clear', {}), screen.ask('capture.clear', {})])
    expect(new Set([before, session, again.session]).size).toBe(3)
    expect(await screen.exchange('view.window', { view, first: 0, count: 1 })).toMatchObject({ error: { code: 'view-unknown' } })
    for (const name of [session, again.session])
      expect(await screen.event('status', ({ capture }) => capture?.session === name)).toMatchObject({ counts: { openTunnels: 1 } })
    const { sessions } = await screen.ask('capture.sessions', {})
    expect(sessions.map(({ locked }) => locked)).toEqual([true, false, false])
    await echoed(tunnel, 'on and on')
    expect(await screen.ask('exchange.trace', { exchange: 1 })).toMatchObject({ lines: expect.arrayContaining([expect.anything()]) })
  })

  it('give up a check, and its thread with it', async () => {
    const { host } = await runningHost(off)
    const giveUp = new AbortController()
    const asked = host.answer('config.check', { files: ['/none.conf'] }, giveUp.signal)
    giveUp.abort()
    await expect(asked).rejects.toMatchObject({ code: 'request-cancelled' })
  })
})

describe('a capture that goes on', () => {
  it('explains an exchange of an earlier run by what the capture keeps of its config', async () => {
    const file = join(temporaryFolder(), 'all.swycap')
    const first = await servingEcho({ capture: { file } })
    await openTunnel(first.url)
    await first.host.close()
    const second = await servingEcho({ capture: { file } })
    await openTunnel(second.url)
    const screen = await appScreen(second.host)
    const { view } = await screen.ask('view.open', { kind: 'exchanges', filter: '', order: { by: 'id', descending: false } })
    const { rows } = await rowsOf(screen, view, 2)
    const [old, young] = rows.map(({ id }) => id)
    const [of, now] = [
      await screen.ask('exchange.trace', { exchange: old ?? 0 }),
      await screen.ask('exchange.trace', { exchange: young ?? 0 })
    ]
    expect(of.lines.map(({ span }) => span?.file)).toContain(first.spec.file)
    expect(now.lines.map(({ span }) => span?.file)).toContain(second.spec.file)
  })

  it('is locked while somebody writes it', async () => {
    const file = join(temporaryFolder(), 'mine.swycap')
    await runningHost({ capture: { file } })
    await expect(runningHost({ capture: { file } })).rejects.toMatchObject({ code: 'capture-locked' })
  })

  it('that cannot be made is refused with a way out', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'other.swycap'), 'not a capture at all, but somebody else’s file of some length')
    await expect(runningHost({ capture: { file: join(folder, 'none', 'x.swycap') } })).rejects.toMatchObject({
      code: 'capture-unwritable',
      hint: expect.stringContaining('--capture')
    })
    await expect(runningHost({ capture: { file: join(folder, 'other.swycap') } })).rejects.toMatchObject({
      code: expect.stringMatching(/^capture-un(known|writable)$/)
    })
  })
})

describe('a thread that dies', () => {
  /** Threads of another folder: an engine that does what `text` says. */
  function withEngine(text: string) {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'engine.mjs'), text)
    writeFileSync(join(folder, 'engine.js'), `import('./engine.mjs')`)
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    return { ...off, threads: pathToFileURL(`${folder}/`) }
  }

  it.each([
    [
      'throws',
      `import { parentPort } from 'node:worker_threads'\nparentPort.on('message', () => { throw new Error('out of luck') })`,
      /out of luck/
    ],
    ['leaves', `import { parentPort } from 'node:worker_threads'\nparentPort.on('message', () => process.exit(3))`, /ended with code 3/]
  ])('is told once, with its cause, and fails what was asked: it %s', async (_what, text, says) => {
    const { host, failures, death } = await runningHost(withEngine(text))
    const screen = await appScreen(host)
    const asked = host.serve(nativeSpec([]))
    await expect(asked).rejects.toMatchObject({ code: 'thread-failed', message: expect.stringMatching(says) })
    expect(await death).toMatchObject({ code: 'thread-failed' })
    expect(await screen.event('failed')).toMatchObject({ code: 'thread-failed', message: expect.stringMatching(says) })
    expect(host.status).toMatchObject({ state: 'failed', error: { code: 'thread-failed' } })
    await expect(host.reload()).rejects.toThrow()
    await host.close()
    expect(failures).toHaveLength(1)
  })

  it('does not hold up the end when it hears nothing any more', async () => {
    const { host, failures } = await runningHost(
      withEngine(`import { parentPort } from 'node:worker_threads'\nparentPort.on('message', () => { for (;;); })`)
    )
    void host.serve(nativeSpec([])).catch(() => null)
    const askedAt = performance.now()
    await host.close()
    expect(performance.now() - askedAt).toBeLessThan(1000)
    expect(failures).toEqual([])
  })
})
