import { expect, it } from 'vitest'
import { contractVersion } from '../../shared/contract.js'
import { requestSchemas } from '../../shared/requests.js'
import type { EventName, Params, RequestName } from '../../shared/contract.js'
import { echoBackend, echoed, nativeSpec, openTunnel, runningHost } from './running-host.js'
import { appScreen, browserScreen } from './screens.js'
import type { Screen } from './screens.js'

type Asked = { [Name in RequestName]: readonly [Name, Params<Name>] }[RequestName]

/** Every request of the contract at least once, in an order in which each has something to answer; wrong ones among them. */
const script: readonly Asked[] = [
  ['hello', { version: contractVersion }],
  ['status', {}],
  ['counts.want', { wanted: true }],
  ['config.get', {}],
  ['config.check', { files: ['/none/at/all.conf'] }],
  ['config.files', {}],
  ['config.text', { file: '/none/at/all.conf' }],
  ['config.outline', {}],
  ['config.open', { files: ['/none/at/all.conf'] }],
  ['config.openText', { name: 'nginx.conf', text: 'http { server { listen 80; } }' }],
  ['config.openRoutes', { routes: ['nonsense'] }],
  ['config.options', { maps: ['nonsense'] }],
  ['files.list', { folder: '/none/at/all' }],
  ['files.list', { folder: null }],
  ['route.explain', { method: 'GET', url: 'http://localhost:8080/ws', fields: [['Cookie', 'a=b']], upgrade: true }],
  ['route.explain', { method: 'GET', url: 'http://localhost:1/', fields: [], upgrade: false }],
  ['authorities.trust', { authority: 'none', store: 'none', trusted: true }],
  ['settings.get', {}],
  ['settings.set', { theme: 'dark' }],
  ['capture.sessions', {}],
  ['authorities.list', {}],
  ['exchange.get', { exchange: 1 }],
  ['exchange.trace', { exchange: 1 }],
  ['exchange.get', { exchange: 999 }],
  ['exchange.get', { exchange: 1, session: '../none.swycap' }],
  ['exchange.activity', { exchanges: [1, 2, 999], bins: 8 }],
  ['capture.export', { exchanges: [1], file: '/dev/null' }],
  ['capture.delete', { session: 'none.swycap' }],
  ['capture.pause', { paused: true }],
  ['capture.pause', { paused: false }],
  ['frame.body', { exchange: 1, from: 'client', number: 0, form: 'wire', offset: 0, length: 65_536 }],
  ['frame.body', { exchange: 1, from: 'client', number: 0, form: 'unmasked', offset: 2, length: 3 }],
  ['frame.body', { exchange: 1, from: 'server', number: 77, form: 'unmasked', offset: 0, length: 1 }],
  ['http.body', { exchange: 2, from: 'server', offset: 0, length: 100 }],
  ['tunnel.close', { exchange: 2 }],
  ['cancel', { id: 1 }]
]

/** Views are the screen's own, so each screen opens its own; their ids differ, what they show does not. */
async function askViews(screen: Screen): Promise<unknown[]> {
  const said: unknown[] = []
  for (const [kind, of, filter] of [
    ['exchanges', undefined, ''],
    ['frames', 1, ''],
    ['logs', undefined, ''],
    ['exchanges', undefined, 'no such ((']
  ] as const) {
    const opened = await screen.exchange('view.open', { kind, filter, ...(of === undefined ? {} : { of }) })
    said.push(opened)
    if (opened.reply === undefined) continue
    const { view } = opened.reply
    said.push(await screen.exchange('view.window', { view, first: 0, count: 10 }))
    said.push(await screen.exchange('view.indexOf', { view, rows: [1, 999] }))
    said.push(await screen.exchange('view.find', { view, text: 'greetings', from: 0, towards: 'later' }))
    said.push(await screen.exchange('view.ack', { view }))
    said.push(await screen.exchange('view.close', { view }))
    said.push(await screen.exchange('view.window', { view, first: 0, count: 10 }))
  }
  return said
}

// Four checks start a thread each.
it('says the same over a WebSocket and over a MessagePort, every message of it', { timeout: 60_000 }, async () => {
  const { host } = await runningHost()
  const port = await echoBackend()
  const spec = nativeSpec([{ match: '/', to: `http://127.0.0.1:${port}/` }])
  const { listeners } = await host.serve(spec)
  const at = new URL(listeners[0]?.url ?? '').host
  const tunnel = await openTunnel(`ws://${at}/ws`)
  await echoed(tunnel, 'greetings')
  expect(await (await fetch(`http://${at}/page`)).text()).toBe('a page')
  const closed = new Promise((resolve) => tunnel.once('close', resolve))
  tunnel.close(1000)
  await closed

  const [browser, app] = [await browserScreen(host), await appScreen(host)]
  await settled(app)
  const asked = new Set<string>()
  const say = async (request: RequestName, params: Params<RequestName>) => {
    asked.add(request)
    const said = [await browser.exchange(request, params), await app.exchange(request, params)]
    expect(withoutTicking(said[0]), request).toStrictEqual(withoutTicking(said[1]))
    onlyPlain(said[1], request)
  }
  for (const [request, params] of script) await say(request, params)
  await say('config.text', { file: spec.file })
  await say('config.edit', { file: spec.file, text: 'no config at all' })
  for (const of of ['refused', { generation: 1 }, { generation: 99 }, { exchange: 1 }, { exchange: 999 }] as const)
    await say('config.textOf', { file: spec.file, of })
  await say('config.check', {})
  await say('config.apply', {})
  await say('config.revert', { file: spec.file, to: 'disk' })
  await say('config.save', { file: spec.file, base: null })
  await say('backend.probe', { host: '127.0.0.1', port, tls: false })
  const views = [await askViews(browser), await askViews(app)]
  for (const name of ['open', 'window', 'indexOf', 'find', 'ack', 'close']) asked.add(`view.${name}`)
  expect(withoutIds(views[0])).toStrictEqual(withoutIds(views[1]))
  onlyPlain(views[1], 'views')
  for (const request of ['config.reload', 'run.stop', 'run.start', 'capture.clear'] as const) {
    asked.add(request)
    const [one, other] = [await browser.exchange(request, {}), await app.exchange(request, {})]
    expect([one.ok, other.ok], request).toEqual([true, true])
    // Each does it anew: names, times and sizes are its own, what is told is not.
    expect(shapeOf(one), request).toEqual(shapeOf(other))
    onlyPlain(other, request)
  }
  expect([...asked].sort()).toEqual(Object.keys(requestSchemas).sort())

  for (const name of ['settings', 'config.changed'] as const) expect(await browser.event(name), name).toEqual(await app.event(name))
  const opened = [await browser.ask('view.open', allExchanges), await app.ask('view.open', allExchanges)]
  await openTunnel(`${host.listeners[0]?.url.replace('http', 'ws')}/ws`)
  await fetch(`${host.listeners[0]?.url}/page`)
  for (const name of ['status', 'counts'] as const) {
    const [one, other] = [await browser.event(name), await app.event(name)]
    expect(shapeOf(one), name).toEqual(shapeOf(other))
    onlyPlain(other, name)
  }
  const ticks = [browser, app].map((screen, at) => screen.event('view.tick', ({ view }) => view === opened[at]?.view))
  const [one, other] = await Promise.all(ticks)
  expect(shapeOf(one), 'view.tick').toEqual(shapeOf(other))
  onlyPlain(other, 'view.tick')
  for (const name of ['status', 'settings', 'config.changed'] as const) expect(said(browser, name), name).toEqual(said(app, name))
})

const allExchanges = { kind: 'exchanges', filter: '' } as const

/** The events of this name, in their order. */
function said(screen: Screen, name: EventName): unknown[] {
  return screen.events.filter(({ event }) => event === name).map(({ data }) => withoutTicking(data))
}

/** The kinds of values, by their names. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shapeOf(each)]))
}

/** The writer is done with what was sent: nothing that is compared changes any more. */
async function settled(screen: Screen): Promise<void> {
  const { view } = await screen.ask('view.open', { kind: 'exchanges', filter: 'state:open' })
  const { matched } = await screen.ask('view.window', { view, first: 0, count: 1 })
  if (matched > 0) await screen.event('view.tick', (tick) => tick.view === view && tick.matched === 0)
  await screen.ask('view.close', { view })
}

/** Sizes of a file that is being written, and counts, move between two questions. */
function withoutTicking(said: unknown): unknown {
  return JSON.parse(
    JSON.stringify(said, (key, value: unknown) =>
      (key === 'bytes' || key === 'ms' || key === 'appliedAtMs') && typeof value === 'number'
        ? 0
        : key === 'counts'
          ? null
          : value instanceof Uint8Array
            ? [...value]
            : value
    )
  )
}
function withoutIds(said: unknown): unknown {
  return JSON.parse(
    JSON.stringify(said, (key, value: unknown) =>
      key === 'view' ? 0 : key === 'message' ? String(value).replace(/\d+/g, 'N') : value instanceof Uint8Array ? [...value] : value
    )
  )
}

/** Plain data, and bytes with a buffer of their own. */
function onlyPlain(value: unknown, where: string): void {
  if (value instanceof Uint8Array) return expect(value.buffer.byteLength, `${where}: a buffer of its own`).toBe(value.byteLength)
  if (Array.isArray(value)) return value.forEach((each, at) => onlyPlain(each, `${where}.${at}`))
  if (typeof value !== 'object' || value === null) return expect(['string', 'number', 'boolean', 'object'], where).toContain(typeof value)
  expect(Object.getPrototypeOf(value), where).toBe(Object.prototype)
  for (const [key, each] of Object.entries(value)) onlyPlain(each, `${where}.${key}`)
}
