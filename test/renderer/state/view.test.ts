import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { ListView } from '../../../renderer/state/view.svelte.js'
import type { ViewSpec } from '../../../renderer/state/view.svelte.js'
import { ScriptedHost, rowsOf, settled, upTo } from './scripted-host.js'
import type { ScriptedRow } from './scripted-host.js'

const spec: ViewSpec = { kind: 'frames', filter: '', of: 1 }

function listOf(host: ScriptedHost, changes: Partial<ViewSpec> = {}, options?: { follow: boolean }): ListView<ScriptedRow> {
  return new ListView(host.connection, { ...spec, ...changes }, options)
}
/** A list, its rows there; nothing is asked any more. */
async function opened(host: ScriptedHost, changes: Partial<ViewSpec> = {}, options?: { follow: boolean }) {
  const list = listOf(host, changes, options)
  await host.open()
  const moves: string[] = []
  list.attach({
    shiftBy: (rows) => void moves.push(`shift ${rows}`),
    reveal: (index) => void moves.push(`reveal ${index}`),
    showAt: (index) => void moves.push(`show ${index}`)
  })
  expect(host.asked).toEqual([])
  return { list, moves }
}
/** A page that is hidden and shown, as browsers tell of it. */
function hiddenPage() {
  const page = Object.assign(new EventTarget(), { hidden: false })
  vi.stubGlobal('document', page)
  onTestFinished(() => void vi.unstubAllGlobals())
  const hide = async (hidden: boolean): Promise<void> => {
    page.hidden = hidden
    page.dispatchEvent(new Event('visibilitychange'))
    await settled()
  }
  return { hide }
}
const names = (host: ScriptedHost): string[] => host.asked.map(({ request }) => request)

describe('a list that follows', () => {
  it('holds at a row that is chosen, but for the newest: what comes then moves nothing', async () => {
    const host = new ScriptedHost(1, 2, 3)
    const { list } = await opened(host, {}, { follow: true })
    list.select(list.row(2)!, 2)
    expect(list.following).toBe(true)
    list.select(list.row(1)!, 1)
    expect(list.following).toBe(false)
    list.following = true
    await list.moveTo(2)
    expect(list.following).toBe(true)
    await list.moveTo(0)
    expect(list.following).toBe(false)
    list.following = true
    list.select(null)
    expect(list.following).toBe(true)
  })

  it('holds at any but the first where the newest is first', async () => {
    const host = new ScriptedHost(3, 2, 1)
    const { list } = await opened(host, { order: { by: 'time', descending: true } }, { follow: true })
    list.toggle(list.row(0)!, 0)
    expect(list.following).toBe(true)
    list.toggle(list.row(2)!, 2)
    expect(list.following).toBe(false)
  })
})

it('a filter that is too long is refused here, and what was shown stays', async () => {
  const host = new ScriptedHost(1, 2)
  const { list } = await opened(host)
  await list.setFilter('z'.repeat(4097))
  expect([list.filterError?.message, list.matched, names(host)]).toEqual(['A filter has at most 4,096 characters.', 2, []])
  host.lists['fine'] = rowsOf(2)
  void list.setFilter('fine')
  for (const name of ['view.open', 'view.indexOf', 'view.window'] as const) await host.answer(name)
  expect([list.filterError, list.matched]).toEqual([null, 1])
})

it('a list that is being opened is searched when it is, not the one before', async () => {
  const host = new ScriptedHost(1, 2)
  const { list } = await opened(host)
  host.lists['other'] = rowsOf(7, 8, 9)
  host.replies['view.find'] = { index: 2 }
  void list.setSpec({ ...spec, filter: 'other' })
  const found = list.find(null, 'later')
  for (const name of ['view.open', 'view.window'] as const) await host.answer(name)
  // The old one is closed first.
  await host.answer('view.close')
  expect(await host.answer('view.find')).toMatchObject({ view: 2, from: 0 })
  expect(await found).toBe(true)
  expect(list.cursor?.id).toBe(9)
})

describe('a list hears of rows', () => {
  it('by a tick: it asks for its window, and lets the next one come', async () => {
    const host = new ScriptedHost()
    const { list } = await opened(host)
    expect(list.matched).toBe(0)
    host.rows = rowsOf(1)
    await host.tick(1)
    await host.answer('view.window')
    expect(list.rows).toEqual(rowsOf(1))
    await host.answer('view.ack')
  })

  it('by each of its ticks once: the second is acknowledged as the first was', async () => {
    const host = new ScriptedHost(1)
    const { list } = await opened(host)
    for (const ids of [upTo(2), upTo(3)]) {
      host.rows = rowsOf(...ids)
      await host.tick(1)
      expect(names(host)).toEqual(['view.window'])
      await host.answer('view.window')
      expect(names(host)).toEqual(['view.ack'])
      await host.answer('view.ack')
      expect(list.matched).toBe(ids.length)
    }
  })

  it('by a tick that comes before its first window: no other would come', async () => {
    const host = new ScriptedHost()
    const list = listOf(host)
    await host.answer('hello')
    await host.answer('view.open')
    await host.tick(1)
    await host.answer('view.window')
    host.rows = rowsOf(1, 2)
    await host.answer('view.window')
    expect(list.rows).toEqual(rowsOf(1, 2))
    await host.answer('view.ack')
  })

  it('of no other view, and none that it left', async () => {
    const host = new ScriptedHost()
    const { list } = await opened(host)
    await host.tick(7)
    expect(host.asked).toEqual([])
    void list.setFilter('dir:in')
    await host.answer('view.open')
    await host.answer('view.window')
    await host.answer('view.close')
    await host.tick(1)
    expect(host.asked).toEqual([])
  })

  it('once, when it is looked at again: hidden it asks for nothing', async () => {
    const host = new ScriptedHost(1)
    const { list } = await opened(host)
    list.active = false
    host.rows = rowsOf(1, 2)
    await host.tick(1)
    expect(host.asked).toEqual([])
    list.active = true
    await host.answer('view.window')
    expect(list.rows).toEqual(rowsOf(1, 2))
    await host.answer('view.ack')
    list.active = true
    await settled()
    expect(host.asked).toEqual([])
  })

  it('once, when its page is seen again: hidden it takes no tick, so that no other comes, and loses nothing', async () => {
    const page = hiddenPage()
    const host = new ScriptedHost(1)
    const { list } = await opened(host)
    await page.hide(true)
    host.rows = rowsOf(1, 2)
    await host.tick(1)
    host.rows = rowsOf(1, 2, 3)
    expect(host.asked).toEqual([])
    await page.hide(false)
    await host.answer('view.window')
    expect(list.rows).toEqual(rowsOf(1, 2, 3))
    await host.answer('view.ack')
    expect(host.asked).toEqual([])
    // Another screen's list stays as it is, until that screen is shown.
    list.active = false
    await page.hide(true)
    await page.hide(false)
    expect(host.asked).toEqual([])
  })

  it('no more once it is closed, and the host is told', async () => {
    const host = new ScriptedHost(1)
    const { list } = await opened(host)
    list.close()
    await host.answer('view.close')
    await host.tick(1)
    expect(host.asked).toEqual([])
  })
})

describe('a list is looked at', () => {
  it('from its end where it follows, and tells what came since it does not', async () => {
    const host = new ScriptedHost(...upTo(500))
    const list = listOf(host, {}, { follow: true })
    await host.answer('hello')
    await host.answer('view.open')
    const { first = 0, count = 0 } = await host.answer('view.window')
    expect([first < 460, first + count]).toEqual([true, 500])
    expect([list.following, list.newer, list.row(499)]).toEqual([true, 0, { id: 500 }])
    list.following = false
    host.rows = rowsOf(...upTo(503))
    await host.tick(1)
    await host.answer('view.window')
    expect(list.newer).toBe(3)
    list.following = true
    expect(list.newer).toBe(0)
  })

  it('from its start where the newest is first, and follows there', async () => {
    const host = new ScriptedHost(3, 2, 1)
    const { list } = await opened(host, { order: { by: 'id', descending: true } }, { follow: true })
    expect(list.newestFirst).toBe(true)
    host.rows = rowsOf(5, 4, 3, 2, 1)
    await host.tick(1)
    await host.answer('view.window')
    expect([list.first, list.row(0)]).toEqual([0, { id: 5 }])
  })

  it('where it was, when rows come above: what is seen and what is chosen move with them', async () => {
    const host = new ScriptedHost(...upTo(300).reverse())
    const { list, moves } = await opened(host, { order: { by: 'id', descending: true } })
    list.show({ first: 100, count: 20 }, false)
    await host.answer('view.window')
    list.select(list.row(105) ?? null, 105)
    host.rows = rowsOf(...upTo(303).reverse())
    await host.tick(1)
    await host.answer('view.window')
    expect(moves).toEqual(['shift 3'])
    expect([list.cursor, list.cursorIndex]).toEqual([{ id: 195 }, 108])
    expect(list.row(103)).toEqual({ id: 200 })
  })

  it('where it was, when so many come above that the host has to say where it is now', async () => {
    const host = new ScriptedHost(...upTo(300).reverse())
    const { list, moves } = await opened(host, { order: { by: 'id', descending: true } })
    list.show({ first: 100, count: 20 }, false)
    await host.answer('view.window')
    host.rows = rowsOf(...upTo(800).reverse())
    await host.tick(1)
    await host.answer('view.window')
    expect((await host.answer('view.indexOf')).rows).toEqual([200])
    expect(moves).toEqual(['shift 500'])
    // The window that came was of the place before; the tick is taken when that of the new one is here.
    expect((await host.answer('view.window')).first).toBe(580)
    expect(list.row(600)).toEqual({ id: 200 })
    expect((await host.answer('view.ack')).view).toBe(1)
  })
})

describe('what is chosen', () => {
  it('survives a filter that has it, at its place there', async () => {
    const host = new ScriptedHost(...upTo(9))
    host.lists['even'] = rowsOf(2, 4, 6, 8)
    const { list, moves } = await opened(host)
    list.select(list.row(5) ?? null, 5)
    void list.setFilter('even')
    await host.answer('view.open')
    expect((await host.answer('view.indexOf')).rows).toEqual([6])
    await host.answer('view.window')
    await host.answer('view.close')
    expect([list.cursor, list.cursorIndex, [...list.selected]]).toEqual([{ id: 6 }, 2, [6]])
    expect(list.rows).toEqual(rowsOf(2, 4, 6, 8))
    expect(moves).toEqual(['show 0'])
  })

  it('survives one that leaves it out, without a place, and has it again with the next', async () => {
    const host = new ScriptedHost(...upTo(9))
    host.lists['even'] = rowsOf(2, 4, 6, 8)
    const { list } = await opened(host)
    list.select(list.row(4) ?? null, 4)
    void list.setFilter('even')
    await host.answer('view.open')
    await host.answer('view.indexOf')
    await host.answer('view.indexOf')
    await host.answer('view.window')
    await host.answer('view.close')
    expect([list.cursor, list.cursorIndex, [...list.selected]]).toEqual([{ id: 5 }, null, [5]])
    void list.setFilter('')
    await host.answer('view.open')
    await host.answer('view.indexOf')
    await host.answer('view.window')
    expect([list.cursor, list.cursorIndex]).toEqual([{ id: 5 }, 4])
  })

  it('stays with the rows of the last good filter where the next is wrong', async () => {
    const host = new ScriptedHost(1, 2)
    const { list } = await opened(host)
    list.select(list.row(0) ?? null, 0)
    void list.setFilter('foo:bar')
    await host.refuse('view.open', 'filter-invalid', 'There is no field foo.')
    expect([list.filter, list.filterError?.message, list.rows]).toEqual(['foo:bar', 'There is no field foo.', rowsOf(1, 2)])
    expect([list.cursorIndex, list.error]).toEqual([0, null])
  })

  it('is a range from the row that was chosen alone, and single rows beside it', async () => {
    const host = new ScriptedHost(...upTo(9))
    const { list } = await opened(host)
    await list.moveTo(2)
    await list.moveTo(5, { extend: true })
    expect([[...list.selected], list.cursorIndex]).toEqual([[3, 4, 5, 6], 5])
    await list.moveTo(1, { extend: true })
    expect([...list.selected]).toEqual([2, 3])
    list.toggle({ id: 9 }, 8)
    list.toggle({ id: 2 }, 1)
    expect([...list.selected]).toEqual([3, 9])
    await list.selectAll()
    expect(list.selected.size).toBe(9)
  })

  it('is the last row that was moved to, however late the one before comes', async () => {
    const host = new ScriptedHost(...upTo(900))
    const { list } = await opened(host)
    const far = list.moveTo(800)
    const near = list.moveTo(3)
    await host.answer('view.window')
    await Promise.all([far, near])
    expect([list.cursor, list.cursorIndex]).toEqual([{ id: 4 }, 3])
  })
})

describe('a row that is gone to by its id', () => {
  it('is asked for nowhere where it stands at its likely place', async () => {
    const { list } = await opened(new ScriptedHost(1, 2, 3))
    expect(await list.choose(2, 1)).toBe(true)
    expect(list.cursorIndex).toBe(1)
  })

  it('is asked for where another stands there, and may not be there at all', async () => {
    const host = new ScriptedHost(1, 3, 4)
    const { list } = await opened(host)
    const found = list.choose(3, 2)
    await host.answer('view.indexOf')
    expect([await found, list.cursor]).toEqual([true, { id: 3 }])
    const missing = list.choose(2, 9)
    await host.answer('view.indexOf')
    expect(await missing).toBe(false)
  })

  it('takes nobody away who went elsewhere meanwhile, be it looked for or asked for', async () => {
    const host = new ScriptedHost(...upTo(900))
    const { list } = await opened(host)
    // Its row is on the way while a key leads to the first.
    const loaded = list.choose(801, 800)
    await list.moveTo(0)
    await host.answer('view.window')
    expect([await loaded, list.cursorIndex, names(host)]).toEqual([true, 0, []])
    const asked = list.choose(801)
    await list.moveTo(1)
    await host.answer('view.indexOf')
    expect([await asked, list.cursor, list.cursorIndex, names(host)]).toEqual([true, { id: 2 }, 1, []])
  })
})

describe('another list in its place', () => {
  it('is the last that was asked for, though the first is not there yet', async () => {
    const host = new ScriptedHost(1)
    host.lists['other'] = rowsOf(8, 9)
    const list = listOf(host)
    await host.answer('hello')
    await settled()
    expect(names(host)).toEqual(['view.open'])
    host.asked.length = 0
    void list.setSpec({ ...spec, filter: 'other' })
    // The host closes what is opened for a request that was given up.
    await host.answer('cancel')
    await host.answer('view.open')
    await host.answer('view.window')
    expect([list.rows, list.filter, list.spec.filter]).toEqual([rowsOf(8, 9), 'other', 'other'])
    expect(host.asked).toEqual([])
  })

  it('closes the one that was opened and never entered, and leaves nothing chosen', async () => {
    const host = new ScriptedHost(1, 2)
    host.lists['other'] = rowsOf(8, 9)
    const { list } = await opened(host)
    list.select(list.row(1) ?? null, 1)
    void list.setFilter('none')
    await host.answer('view.open')
    await settled()
    host.asked.length = 0
    void list.setSpec({ ...spec, filter: 'other' }, { follow: true })
    expect([list.cursor, list.selected.size, list.following]).toEqual([null, 0, true])
    await host.answer('cancel')
    await host.answer('view.open')
    expect((await host.answer('view.close')).view).toBe(2)
    await host.answer('view.window')
    expect((await host.answer('view.close')).view).toBe(1)
    expect(list.rows).toEqual(rowsOf(8, 9))
  })
})

describe('a loss of the host', () => {
  it('leaves the rows, and opens the same view again once somebody answers', async () => {
    const host = new ScriptedHost(...upTo(5))
    host.lists['even'] = rowsOf(2, 4)
    const { list } = await opened(host, { filter: 'even' })
    list.select(list.row(1) ?? null, 1)
    await host.comeBack()
    expect([list.open, list.rows]).toEqual([false, rowsOf(2, 4)])
    host.lists['even'] = rowsOf(2, 4, 6)
    expect((await host.answer('view.open')).filter).toBe('even')
    await host.answer('view.indexOf')
    await host.answer('view.window')
    expect([list.open, list.rows, list.cursorIndex]).toEqual([true, rowsOf(2, 4, 6), 1])
    // The view of the old line ended with it.
    expect(host.asked).toEqual([])
    await host.tick(2)
    await host.answer('view.window')
    await host.answer('view.ack')
  })

  it('in the middle of a window is no fault of the list', async () => {
    const host = new ScriptedHost(1)
    const { list } = await opened(host)
    await host.tick(1)
    await host.comeBack()
    await host.answer('view.open')
    await host.answer('view.indexOf')
    await host.answer('view.window')
    expect([list.error, list.rows]).toEqual([null, rowsOf(1)])
    await settled()
    expect(host.asked).toEqual([])
  })
})

describe('chosen rows are told', () => {
  it('from what is loaded, without asking', async () => {
    const { list } = await opened(new ScriptedHost(...upTo(5)))
    list.toggle({ id: 4 }, 3)
    list.toggle({ id: 2 }, 1)
    expect(await list.chosenRows()).toEqual(rowsOf(2, 4))
  })

  it('wherever they stand, in the order of the list, without those that a filter leaves out', async () => {
    const host = new ScriptedHost(...upTo(900))
    const { list } = await opened(host)
    for (const id of [800, 3, 801]) list.toggle({ id }, id - 1)
    host.rows = host.rows.filter(({ id }) => id !== 3)
    const told = list.chosenRows()
    expect(await host.answer('view.indexOf')).toMatchObject({ rows: [800, 3, 801] })
    expect(await host.answer('view.window')).toMatchObject({ first: 798, count: 2 })
    expect(await told).toEqual(rowsOf(800, 801))
  })
})
