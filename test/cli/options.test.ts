import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readDefine, readHeader, readPlace, readPortMap } from '../../main/cli/arguments.js'
import { dataFolder, dataWords } from '../../main/host/data-folder.js'
import { routesConfig } from '../../main/host/routes-config.js'
import { inlineListen, readServePlan } from '../../main/cli/serve-options.js'

describe('readPlace', () => {
  it.each([
    ['8080', '127.0.0.1', 8080],
    ['0', '127.0.0.1', 0],
    ['65535', '127.0.0.1', 65_535],
    ['0.0.0.0:80', '0.0.0.0', 80],
    ['localhost:80', 'localhost', 80],
    ['[::1]:443', '::1', 443],
    ['[::]:443', '::', 443]
  ])('%s', (text, address, port) => {
    expect(readPlace('listen', text)).toEqual({ address, port })
  })

  it.each(['', 'http', '65536', '-1', '80.5', ':80', '::1:80', '[::1]', '1.2.3.4:', 'a:b:1', '99999999'])('refuses %j', (text) => {
    expect(() => readPlace('listen', text)).toThrow(expect.objectContaining({ code: 'bad-argument' }))
  })
})

describe('the small words', () => {
  it('reads them', () => {
    expect([readPortMap('443=8443'), readPortMap('80=0')]).toEqual([
      [443, 8443],
      [80, 0]
    ])
    expect([readDefine('PRODUCTION'), readDefine('ROOT=/srv/a=b'), readDefine('E=')]).toEqual([
      ['PRODUCTION', ''],
      ['ROOT', '/srv/a=b'],
      ['E', '']
    ])
    expect([readHeader('Cookie: a=b; c=d'), readHeader('X:'), readHeader('X-Y:\t z ')]).toEqual([
      ['Cookie', 'a=b; c=d'],
      ['X', ''],
      ['X-Y', 'z ']
    ])
  })

  it('refuses the others', () => {
    for (const text of ['443', '443=', '0=1', '65536=1', '1=65536', 'a=b']) expect(() => readPortMap(text), text).toThrow('--port')
    for (const text of ['', '=x', 'a b']) expect(() => readDefine(text), text).toThrow('-D')
    for (const text of ['', 'X', ': x', 'X Y: z', 'X: a\r\nY: b', 'X: \u0000', 'X: €'])
      expect(() => readHeader(text), text).toThrow('--header')
  })
})

describe('readServePlan', () => {
  it('is a demo without any words', () => {
    const plan = readServePlan([])
    expect(plan).toMatchObject({ what: 'demo', capture: 'session', screens: { address: '127.0.0.1', port: 0, open: false }, json: false })
    expect(inlineListen(plan)).toEqual([{ address: '127.0.0.1', port: 8443, tls: true }])
  })

  it('is routes on 8080, or where it is told to listen', () => {
    const route = ['--route', '/=http://a/']
    expect(inlineListen(readServePlan(route))).toEqual([{ address: '127.0.0.1', port: 8080, tls: false }])
    expect(inlineListen(readServePlan([...route, '--tls=9443', '--listen=[::1]:81']))).toEqual([
      { address: '::1', port: 81, tls: false },
      { address: '127.0.0.1', port: 9443, tls: true }
    ])
  })

  it('says which option stands twice', () => {
    const route = ['--route', '/=http://a/']
    expect(() => readServePlan([...route, '--listen=81', '--listen=81'])).toThrow('--listen names 127.0.0.1:81 twice.')
    expect(() => readServePlan([...route, '--listen=81', '--tls=81'])).toThrow('--listen and --tls both name 127.0.0.1:81.')
    expect(readServePlan([...route, '--listen=0', '--listen=0']).listen).toHaveLength(2)
    const listen = inlineListen(readServePlan(route))
    expect(() => routesConfig(['A.test/ws=http://a/', '/ws=http://a/', 'a.test/ws=http://b/'], listen)).toThrow(
      '--route a.test/ws is given twice.'
    )
  })

  it('takes everything that the contract lists', () => {
    const words = `a.conf b.conf --dialect apache --listen=81 --tls=444 --map a=127.0.0.1:1 --map b:2=127.0.0.1:3 --port 443=8443 --port 80=8080 --expose
      --keep-ports -D ONE --define TWO=2 --lenient --capture off --ui=0.0.0.0:9000 --ui-host dev.box --open --data /tmp/data --json`
    expect(readServePlan(words.split(/\s+/))).toEqual({
      what: 'files',
      routes: [],
      listen: [
        { address: '127.0.0.1', port: 81, tls: false },
        { address: '127.0.0.1', port: 444, tls: true }
      ],
      spec: {
        files: ['a.conf', 'b.conf'],
        dialect: 'apache',
        defines: [
          ['ONE', ''],
          ['TWO', '2']
        ],
        lenient: true,
        listen: [
          { address: '127.0.0.1', port: 81, tls: false },
          { address: '127.0.0.1', port: 444, tls: true }
        ],
        ports: [
          [443, 8443],
          [80, 8080]
        ],
        expose: true,
        keepPorts: true,
        maps: ['a=127.0.0.1:1', 'b:2=127.0.0.1:3']
      },
      capture: 'off',
      screens: { address: '0.0.0.0', port: 9000, hostNames: ['dev.box'], open: true },
      dataDir: '/tmp/data',
      json: true
    })
  })
})

it('keeps data where each platform keeps it, and where it is told', () => {
  expect(dataFolder('here', 'linux', { SWITCHYARD_DATA: '/there' })).toBe(resolve('here'))
  expect(dataFolder(undefined, 'linux', { SWITCHYARD_DATA: '/there' })).toBe('/there')
  expect(dataFolder(undefined, 'linux', {})).toBe(join(homedir(), '.local/share/switchyard'))
  expect(dataFolder(undefined, 'linux', { XDG_DATA_HOME: '/xdg', SWITCHYARD_DATA: '' })).toBe('/xdg/switchyard')
  expect(dataFolder(undefined, 'darwin', {})).toBe(join(homedir(), 'Library/Application Support/Switchyard'))
  expect(dataFolder(undefined, 'win32', { LOCALAPPDATA: '/local' })).toBe(join('/local', 'Switchyard'))
})

it('is told of a data folder that it would not look into by itself', () => {
  const usual = dataFolder(undefined, process.platform, { ...process.env, SWITCHYARD_DATA: '', XDG_DATA_HOME: '' })
  expect(dataWords(usual)).toEqual([])
  expect(dataWords(join(usual, '..', 'other'))).toEqual(['--data', join(usual, '..', 'other')])
})
