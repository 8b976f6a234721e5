import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { cascaded, placeOn, readWindowState, writeWindowState } from '../../main/app/window-state.js'

const screen = { x: 0, y: 0, width: 1920, height: 1050 }
const beside = { x: 1920, y: 0, width: 1280, height: 1024 }
const place = { x: 100, y: 60, width: 1280, height: 800 }

function stateFile(text?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-window-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'window.json')
  if (text !== undefined) writeFileSync(file, text)
  return file
}

describe('placeOn', () => {
  it.each([
    ['a place that is still there', place, [screen], place],
    ['a second screen', { ...place, x: 2000 }, [screen, beside], { ...place, x: 2000 }],
    ['a second screen that is gone', { ...place, x: 2000 }, [screen], null],
    ['a place above the screen, where the title bar cannot be caught', { ...place, y: -30 }, [screen], null],
    ['a place below it', { ...place, y: 1040 }, [screen], null],
    ['one that sticks out at the left, and can be caught', { ...place, x: -1100 }, [screen], { ...place, x: -1100 }],
    ['one that is all but gone at the left', { ...place, x: -1250 }, [screen], null],
    ['a window larger than its screen', { ...place, width: 4000, height: 3000 }, [screen], { ...place, width: 1920, height: 1050 }],
    ['a window smaller than it may be', { ...place, width: 10, height: 10, x: 400 }, [screen], null],
    ['no place yet', null, [screen], null]
  ])('%s', (_name, wanted, screens, expected) => {
    expect(placeOn(wanted, screens)).toEqual(expected)
  })

  it('puts the next window a step beside the one before it', () => {
    expect(cascaded(place, [screen])).toEqual({ ...place, x: 132, y: 92 })
    expect(cascaded({ ...place, y: 1000 }, [screen])).toBeNull()
  })
})

describe('the file of the windows', () => {
  it('has what was written into it', () => {
    const file = stateFile()
    const windows = [
      { place, maximized: true, name: 'one' },
      { place: beside, maximized: false, name: null }
    ]
    const state = { windows, theme: 'dark' } as const
    writeWindowState(file, state)
    expect(readWindowState(file)).toEqual(state)
  })

  it.each([
    ['no file', undefined],
    ['no JSON', '{'],
    ['nothing', 'null'],
    ['windows that are none', '{"windows":{"place":null},"theme":"blue"}']
  ])('says nothing with %s', (_name, text) => {
    expect(readWindowState(stateFile(text))).toEqual({ windows: [], theme: 'system' })
  })

  it.each([
    ['no window', 'null'],
    ['a place that is none', '{"place":{"x":"1","y":2,"width":3,"height":4},"maximized":1}'],
    ['a width of nothing', '{"place":{"x":1,"y":2,"width":0,"height":4}}']
  ])('knows no place of a window with %s', (_name, text) => {
    expect(readWindowState(stateFile(`{"windows":[${text}]}`)).windows).toEqual([{ place: null, maximized: false, name: null }])
  })

  it('does not complain where it cannot be written', () => {
    expect(() => writeWindowState('/nowhere/at/all/window.json', { windows: [], theme: 'light' })).not.toThrow()
  })
})
