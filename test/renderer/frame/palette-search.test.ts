import { describe, expect, it } from 'vitest'
import type { Findable } from '../../../renderer/frame/palette/found.js'
import { PaletteSearch } from '../../../renderer/frame/palette/palette-search.svelte.js'
import type { Sought } from '../../../renderer/frame/palette/palette-search.svelte.js'
import { Commands } from '../../../renderer/state/commands.svelte.js'
import { Navigation } from '../../../renderer/state/navigation.svelte.js'
import { Preferences } from '../../../renderer/state/preferences.svelte.js'
import { Session } from '../../../renderer/state/session.svelte.js'
import type { ExchangeRow } from '../../../shared/rows.js'
import type { Finding, Span } from '../../../shared/trace.js'
import { ScriptedHost } from '../state/scripted-host.js'
import { ended, exchange } from '../traffic/rows.js'

function at(line: number): Span {
  return { file: '/etc/site.conf', line, column: 1, endLine: line, endColumn: 9 }
}
function finding(line: number, message: string): Finding {
  return { code: 'unsupported-directive', severity: 'warning', message, span: at(line), routing: false }
}
const route = { match: '/chat/', to: 'ws://app-01:3000/chat/', upgrades: true, at: at(38) }

interface Known {
  readonly rows?: readonly ExchangeRow[]
  readonly findings?: readonly Finding[]
  readonly sought?: Sought
}

/** A palette that is open, before the host has answered anything of it. */
async function opened({ rows = [], findings = [], sought = 'everything' }: Known = {}) {
  const host = new ScriptedHost()
  host.lists[''] = rows
  host.replies['config.outline'] = { hosts: [{ name: 'app.example.com', listens: ['*:443'], at: null, routes: [route] }] }
  host.replies['config.check'] = { findings, sketch: null }
  await host.answer('hello')
  const { connection } = host
  const preferences = new Preferences()
  const navigation = new Navigation(preferences, [])
  const commands = new Commands(async (_id, work) => void (await work()))
  const done: string[] = []
  commands.register(
    { id: 'run.stop', title: 'Stop', run: () => void done.push('stopped') },
    { id: 'exchange.open', title: 'Open', listed: false, run: (id) => void done.push(`exchange ${id}`) }
  )
  const search = new PaletteSearch({ connection, session: new Session(connection), navigation, commands, preferences })
  const close = search.open(sought)
  return { host, search, close, done, navigation, preferences }
}
/** The same, all answered. */
async function answered(known: Known = {}) {
  const palette = await opened(known)
  await palette.host.answer('view.open')
  await palette.host.answer('config.outline')
  await palette.host.answer('config.check')
  await palette.host.answer('view.window')
  return palette
}
async function filtered(host: ScriptedHost): Promise<void> {
  await host.answer('view.open')
  await host.answer('view.window')
  await host.answer('view.close')
}
const names = ({ groups }: PaletteSearch): string[] => groups.map(({ name }) => name)
const titles = (search: PaletteSearch, group: string): string[] | undefined =>
  search.groups.find(({ name }) => name === group)?.found.map(({ title }) => title)

describe('the palette finds', () => {
  it('what is at hand before the host says anything, and below it what comes in', async () => {
    const { host, search } = await opened({ rows: [exchange({ id: 7 })] })
    expect(names(search)).toEqual(['Actions', 'Settings'])
    expect(search.looking).toBe(true)
    await host.answer('view.open')
    await host.answer('config.outline')
    await host.answer('config.check')
    await host.answer('view.window')
    expect(names(search)).toEqual(['Actions', 'Routes', 'Settings', 'Exchanges'])
    expect(search.looking).toBe(false)
  })

  it('problems, the gravest first, and each once', async () => {
    const grave: Finding = { ...finding(50, 'No such module'), severity: 'error' }
    const { search } = await answered({ findings: [finding(4, 'Not modelled'), grave, finding(4, 'Not modelled')] })
    expect(titles(search, 'Problems')).toEqual(['No such module', 'Not modelled'])
  })

  it('exchanges by the filter that is typed, eight of them, with what each came to', async () => {
    const { host, search } = await answered()
    const tooBig = { target: '/chat/', closeServer: 1009, closeClient: 1009 }
    host.lists['host:shop'] = Array.from({ length: 20 }, (_, index) => ended(1, { id: 20 - index, ...tooBig }))
    search.type('host:shop')
    await filtered(host)
    expect(search.flat).toHaveLength(8)
    expect(search.flat[0]).toMatchObject({ title: 'wss://app.example.com/chat/', more: '1009 Message too big' })
  })

  it('actions alone where those are asked for, whatever is typed, and asks the host for nothing', async () => {
    const { host, search, close } = await opened({ rows: [exchange({ id: 7 })], findings: [finding(4, 'Sto')], sought: 'actions' })
    expect([names(search), search.looking]).toEqual([['Actions'], false])
    search.type('sto')
    expect(search.flat).toMatchObject([{ key: 'run.stop' }])
    search.type('theme')
    expect(search.flat).toEqual([])
    close()
    search.open('everything')
    expect(names(search)).toEqual(['Actions', 'Settings'])
    expect(host.asked.map(({ request }) => request)).toEqual(['view.open', 'config.outline', 'config.check'])
  })

  it('no exchange by a filter that is none', async () => {
    const { host, search } = await answered({ rows: [exchange()] })
    search.type('state:(')
    await host.refuse('view.open', 'filter-invalid', 'There is no state (.')
    expect(search.flat).toEqual([])
    expect(search.looking).toBe(false)
  })
})

describe('while the store looks', () => {
  it('what it found before stands as long as the text still means it', async () => {
    const { search } = await answered({ rows: [exchange({ id: 2, target: '/chat/' }), exchange({ id: 1, target: '/news/' })] })
    search.type('chat')
    expect(titles(search, 'Exchanges')).toEqual(['wss://app.example.com/chat/'])
    search.type('nothing')
    expect(search.flat).toEqual([])
    expect(search.looking).toBe(true)
  })

  it('what is chosen stays chosen, whatever arrives before it', async () => {
    const { host, search } = await opened({ findings: [finding(4, 'Sto')] })
    search.type('sto')
    expect(search.chosen).toMatchObject({ key: 'run.stop' })
    host.asked.splice(0, 1)
    await host.answer('config.outline')
    await host.answer('config.check')
    expect(names(search)).toEqual(['Problems', 'Actions', 'Settings'])
    expect(search).toMatchObject({ index: 1, chosen: { key: 'run.stop' } })
  })

  it('an exchange that was chosen since nothing else was found stays so when a newer one comes', async () => {
    const { host, search } = await answered()
    host.lists['nowhere'] = [exchange({ id: 3 })]
    search.type('nowhere')
    await filtered(host)
    search.hold()
    host.lists['nowhere'] = [exchange({ id: 4 }), exchange({ id: 3 })]
    await host.tick(2)
    await host.answer('view.window')
    expect(search.flat.map(({ key }) => key)).toEqual(['exchange.4', 'exchange.3'])
    expect(search.chosen).toMatchObject({ key: 'exchange.3' })
  })
})

describe('what is chosen', () => {
  it('goes round by steps, from the first that is found', async () => {
    const { search } = await answered()
    const last = search.flat.length - 1
    expect(search.index).toBe(0)
    search.step(-1)
    expect(search.index).toBe(last)
    search.step(1)
    expect(search.index).toBe(0)
  })

  it('is done: an action, an exchange by its command, a route and a problem at their lines, a setting at its control', async () => {
    const { search, done, navigation } = await answered({ rows: [exchange({ id: 7 })], findings: [finding(4, 'Not modelled')] })
    const run = (group: string): unknown => search.groups.find(({ name }) => name === group)?.found[0]?.run()
    run('Actions')
    run('Exchanges')
    expect(done).toEqual(['stopped', 'exchange 7'])
    run('Problems')
    expect(navigation.targetOf('config')).toMatchObject({ file: '/etc/site.conf', line: 4 })
    run('Settings')
    expect(navigation.targetOf('settings')).toEqual({ setting: 'theme' })
    // Nothing that was opened: there is no line to go to.
    run('Routes')
    expect(navigation.screen).toBe('route')
  })

  it('is remembered, where it will be the same next time', async () => {
    const { search, preferences } = await answered({ rows: [exchange({ id: 7 })] })
    for (const group of search.groups) search.remember(group.found[0] as Findable)
    expect(preferences.get('palette.used', [''])).toEqual(['setting.theme', 'run.stop'])
    expect(names(search)).toEqual(['Settings', 'Actions', 'Routes', 'Exchanges'])
  })
})

it('the view of exchanges ends with the palette', async () => {
  const { host, search, close } = await answered({ rows: [exchange()] })
  expect(host.asked).toEqual([])
  close()
  await host.answer('view.close')
  expect(names(search)).not.toContain('Exchanges')
})
