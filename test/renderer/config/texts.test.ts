import { describe, expect, it } from 'vitest'
import { changedLines } from '../../../renderer/views/config/changed-lines.js'
import { configsAmong, joinPath, matching, splitPath } from '../../../renderer/views/config/path-field.js'
import { servedElse, servedSays } from '../../../renderer/views/config/served-words.js'
import { shortNames } from '../../../renderer/views/config/short-names.js'
import { titleState } from '../../../renderer/views/config/title-state.js'

describe('what the title says', () => {
  const config = { generation: 4 }
  it.each([
    [{ edited: true, unapplied: true }, 'not applied, not on disk'],
    [{ edited: true, unapplied: false }, 'applied, not on disk'],
    [{ edited: true, unapplied: false, isNew: true }, 'applied, in no file yet'],
    [{ edited: false, unapplied: true }, 'on disk, not applied'],
    [{ edited: false, unapplied: false }, 'config 4, applied 14:02']
  ])('%o', (file, text) => expect(titleState([{ isNew: false, ...file }], config, '14:02').text).toBe(text))

  it('speaks of all files together', () => {
    const files = [
      { edited: false, unapplied: true, isNew: false },
      { edited: true, unapplied: false, isNew: false }
    ]
    expect(titleState(files, config, '').text).toBe('not applied, not on disk')
    // One that has no file yet does not speak for another, whose file says something else.
    const both = [true, false].map((isNew) => ({ edited: true, unapplied: false, isNew }))
    expect(titleState(both, config, '').text).toBe('applied, not on disk')
  })
})

describe('what is served, beside a config that may not be', () => {
  const demo = { opened: [], dialect: 'native', files: ['demo (built in)'] }
  const site = { opened: ['/etc/site.conf'], dialect: 'apache', files: ['/etc/site.conf', '/etc/common.conf'] }
  const file = (name: string, root = true) => ({ file: name, root })
  const open = [file('/etc/site.conf'), file('/etc/common.conf', false)]

  it('is said of each that is not what is edited', () => {
    const running = { served: false, running: true }
    expect(servedSays({ ...running, files: open, config: demo })).toBe('This file is not served; the demo is.')
    expect(servedSays({ ...running, files: open, config: site })).toBe('This file is not served; the text before it is.')
    expect(servedSays({ ...running, files: [file('/etc/other.conf')], config: site })).toBe('This file is not served; site.conf is.')
    expect(servedSays({ ...running, served: true, files: [], config: demo })).toBe('Served: the demo.')
    const routes = { ...demo, files: ['routes'] }
    expect(servedElse({ running: true, files: open, config: routes })).toBe('the quick routes')
    expect(servedSays({ ...running, files: open, config: routes })).toBe('This file is not served; the quick routes are.')
  })

  it('is nothing where nothing runs, and goes without saying where it is this', () => {
    expect(servedSays({ files: open, served: true, running: true, config: site })).toBeNull()
    for (const served of [true, false])
      expect(servedSays({ files: open, served, running: false, config: site })).toBe('Nothing is served just now.')
    expect(servedSays({ files: [], served: false, running: false, config: null })).toBe('Nothing is served just now.')
  })
})

describe('names of tabs', () => {
  it('are as short as they can be', () => {
    expect(shortNames(['/etc/a/site.conf', '/etc/b/site.conf', '/etc/main.conf'])).toEqual(['a/site.conf', 'b/site.conf', 'main.conf'])
  })
})

describe('lines that differ', () => {
  it('counts from the first to the last', () => {
    expect(changedLines('a\nb\nc', 'a\nx\ny\nc')).toEqual({ count: 2, first: 2 })
    expect(changedLines('a\nb', 'a\nb')).toEqual({ count: 0, first: null })
    expect(changedLines('a\nb\nc', 'a\nc')).toEqual({ count: 0, first: 2 })
  })
})

describe('a typed path', () => {
  it.each([
    ['/etc/apa', { folder: '/etc', name: 'apa' }],
    ['/etc', { folder: '/', name: 'etc' }],
    ['/', { folder: '/', name: '' }],
    ['~/x', { folder: '/home/me', name: 'x' }],
    ['C:\\conf', { folder: 'C:\\', name: 'conf' }],
    ['C:\\a\\b', { folder: 'C:\\a', name: 'b' }],
    ['name', { folder: '', name: 'name' }]
  ])('%s', (typed, parts) => expect(splitPath(typed, '/home/me')).toEqual(parts))

  it('is put together again', () => {
    expect([joinPath('/', 'etc'), joinPath('/etc', 'a'), joinPath('C:\\a', 'b')]).toEqual(['/etc', '/etc/a', 'C:\\a\\b'])
  })
  it('lists names that begin so first', () => {
    const entries = ['my-site.conf', 'site.conf', 'other'].map((name) => ({ name, kind: 'file' as const, bytes: 0 }))
    expect(matching(entries, 'SITE').map(({ name }) => name)).toEqual(['site.conf', 'my-site.conf'])
  })
})

describe('configs among the files of a folder', () => {
  const entries = (...names: string[]) =>
    names.map((name) => ({ name, kind: name.endsWith('/') ? ('directory' as const) : ('file' as const), bytes: 1 }))
  const keptOf = (typed: string, ...names: string[]) => configsAmong(entries(...names), typed).map(({ name }) => name)
  const kept = (...names: string[]) => keptOf('', ...names)

  it('are those that are called so, and folders', () => {
    expect(kept('sites/', 'notes.txt', 'a.conf', 'nginx.conf', 'switchyard.json', 'package.json', 'a.conf.bak')).toEqual([
      'sites/',
      'a.conf',
      'nginx.conf',
      'switchyard.json'
    ])
  })
  it('are all of them where none is called so', () => {
    expect(kept('sites/', 'default', 'README')).toEqual(['sites/', 'default', 'README'])
  })
  it('are joined by what begins as it is typed', () => {
    expect(keptOf('Def', 'default', 'default-ssl.conf', 'my-default')).toEqual(['default', 'default-ssl.conf'])
  })
})
