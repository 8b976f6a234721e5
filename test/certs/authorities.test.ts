import { fork } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeAuthority } from '../../main/certs/authority.js'
import { placeAuthority } from '../../main/certs/authority-folder.js'
import { Authorities } from '../../main/certs/authorities.js'
import { hostName, type HostName } from '../../main/certs/host-name.js'
import { localPermitted } from '../../main/certs/permitted.js'
import { bundle } from '../capture/bundle.js'
import { Clock, someDay, temporaryFolder, written } from './data-folder.js'

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8)
const modified = (folder: string): number[] => readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs)
const host = (name: string): HostName => hostName(name) as HostName
const folders = (dataDir: string): string[] => readdirSync(join(dataDir, 'authorities')).sort()

describe('the authorities of a data folder', () => {
  it('begin with one, made on first use, its key readable by its owner alone', async () => {
    const dataDir = join(temporaryFolder(), 'not/there/yet')
    const first = await new Authorities({ dataDir }).first()
    expect(first.name).toBe('local')
    expect(folders(dataDir)).toEqual(['local'])
    expect(readdirSync(first.folder).sort()).toEqual(['ca.pem', 'facts.json', 'key.pem'])
    expect([mode(dataDir), mode(join(dataDir, 'authorities')), mode(first.folder), mode(join(first.folder, 'key.pem'))]).toEqual([
      '700',
      '700',
      '700',
      '600'
    ])
  })

  it('are read again by the next start, and not touched', async () => {
    const dataDir = temporaryFolder()
    const first = await new Authorities({ dataDir }).first()
    const before = modified(first.folder)
    const { authorities } = await new Authorities({ dataDir }).authoritiesFor(['localhost', 'app.test', '127.0.0.1'])
    expect(authorities.map(({ fingerprint256 }) => fingerprint256)).toEqual([first.fingerprint256])
    expect(modified(first.folder)).toEqual(before)
  })

  it('get one more for the other names of a config, permitted to just these', async () => {
    const dataDir = temporaryFolder()
    const authorities = new Authorities({ dataDir })
    const coverage = await authorities.authoritiesFor(['localhost', 'www.example.com', 'api.example.com', 'www.example.com', '192.0.2.1'])
    expect(coverage.refused).toEqual([])
    expect(coverage.authorities.map((each) => each.permitted.names)).toEqual([
      ['localhost', 'test'],
      ['api.example.com', 'www.example.com']
    ])
    expect(authorities.covering(host('www.example.com'))).toBe(coverage.authorities[1])
    expect(authorities.covering(host('192.0.2.1'))).toBe(coverage.authorities[1])
    expect(authorities.covering(host('localhost'))).toBe(coverage.authorities[0])
    expect(authorities.covering(host('other.example.com'))).toBeUndefined()
  })

  it('are not asked for names that old ones cover, whichever config these came with', async () => {
    const dataDir = temporaryFolder()
    await new Authorities({ dataDir }).authoritiesFor(['a.example.com'])
    await new Authorities({ dataDir }).authoritiesFor(['b.example.com', '*.c.example.com'])
    const before = folders(dataDir)
    const coverage = await new Authorities({ dataDir }).authoritiesFor(['a.example.com', 'b.example.com', 'x.c.example.com'])
    expect(folders(dataDir)).toEqual(before)
    expect(coverage.authorities).toHaveLength(3)
    await new Authorities({ dataDir }).authoritiesFor(['a.example.com', 'd.example.com'])
    expect(folders(dataDir)).toHaveLength(4)
  })

  it('refuse what no certificate can carry, and whole registries', async () => {
    const { refused, authorities } = await new Authorities({ dataDir: temporaryFolder() }).authoritiesFor([
      'com',
      '*.co.uk',
      'a b',
      'x'.repeat(5000),
      '_default_',
      'app.test'
    ])
    expect(refused.map(({ name }) => name)).toEqual(['com', '*.co.uk', 'a b', 'x'.repeat(253)])
    expect(refused.every(({ why }) => why.length > 10)).toBe(true)
    expect(authorities.length).toBeGreaterThan(0)
  })

  it('have a successor when they near their end; the old one stays', async () => {
    const dataDir = temporaryFolder()
    const clock = new Clock()
    const authorities = new Authorities({ dataDir, now: clock.now })
    const old = (await authorities.authoritiesFor(['a.example.com'])).authorities[1]
    clock.passDays(3650 - 61)
    const next = (await authorities.authoritiesFor(['a.example.com'])).authorities
    expect(next.map(({ name }) => name)).toEqual(['local-2', `${old?.name ?? ''}-2`])
    expect(folders(dataDir)).toHaveLength(4)
    expect(authorities.covering(host('a.example.com'))).toBe(next[1])
    const again = await new Authorities({ dataDir, now: clock.now }).authoritiesFor(['a.example.com'])
    expect(again.authorities.map(({ fingerprint256 }) => fingerprint256)).toEqual(next.map(({ fingerprint256 }) => fingerprint256))
  })

  it('are made once when asked for many times at once', async () => {
    const authorities = new Authorities({ dataDir: temporaryFolder() })
    const all = await Promise.all(Array.from({ length: 20 }, () => authorities.authoritiesFor(['a.example.com'])))
    expect(new Set(all.flatMap((each) => each.authorities)).size).toBe(2)
  })

  it('are never replaced: who comes second takes the one that is there', async () => {
    const parent = join(temporaryFolder(), 'authorities')
    const [one, two] = [await makeAuthority(localPermitted, someDay), await makeAuthority(localPermitted, someDay)]
    const first = await placeAuthority(parent, 'local', one, localPermitted, someDay)
    const second = await placeAuthority(parent, 'local', two, localPermitted, someDay)
    expect([first.certificate, second.certificate]).toEqual([one.certificate, one.certificate])
    expect(readdirSync(parent)).toEqual(['local'])
  })

  it('tidy up what a killed process left, after an hour', async () => {
    const dataDir = temporaryFolder()
    const left = join(dataDir, 'authorities/.new-1-abc')
    const fresh = join(dataDir, 'authorities/.new-2-def')
    mkdirSync(left, { recursive: true })
    mkdirSync(fresh)
    utimesSync(left, new Date(Date.now() - 7_200_000), new Date(Date.now() - 7_200_000))
    await new Authorities({ dataDir }).first()
    expect([existsSync(left), existsSync(fresh)]).toEqual([false, true])
  })

  it('tighten a key whose mode was loosened', async () => {
    const dataDir = temporaryFolder()
    const first = await new Authorities({ dataDir }).first()
    chmodSync(join(first.folder, 'key.pem'), 0o644)
    await new Authorities({ dataDir }).first()
    expect(mode(join(first.folder, 'key.pem'))).toBe('600')
  })
})

describe('an authority that is broken', () => {
  const damages: [what: string, damage: (folder: string, other: string) => void][] = [
    ['its key gone', (folder) => rmSync(join(folder, 'key.pem'))],
    ['its key empty', (folder) => void written(folder, 'key.pem', '')],
    ['its key a folder', (folder) => (rmSync(join(folder, 'key.pem')), mkdirSync(join(folder, 'key.pem')))],
    ['its key huge', (folder) => void written(folder, 'key.pem', 'x'.repeat(100_000))],
    ['the key of another', (folder, other) => writeFileSync(join(folder, 'key.pem'), readFileSync(join(other, 'key.pem')))],
    ['its certificate cut', (folder) => writeFileSync(join(folder, 'ca.pem'), readFileSync(join(folder, 'ca.pem'), 'utf8').slice(0, 300))],
    ['the facts of another', (folder, other) => writeFileSync(join(folder, 'facts.json'), readFileSync(join(other, 'facts.json')))],
    ['facts that are no JSON', (folder) => void written(folder, 'facts.json', '{')],
    ['facts of a later version', (folder) => void written(folder, 'facts.json', '{"version":2}')]
  ]
  it.each(damages)('with %s: is said, and never overwritten', async (_, damage) => {
    const dataDir = temporaryFolder()
    const authorities = new Authorities({ dataDir })
    const other = (await authorities.authoritiesFor(['a.example.com'])).authorities[1]
    const first = await authorities.first()
    damage(first.folder, other?.folder ?? '')
    const before = modified(first.folder)
    const said = await new Authorities({ dataDir }).first().catch((thrown: unknown) => thrown)
    expect(said).toMatchObject({
      code: 'authority-broken',
      message: expect.stringContaining(first.folder) as string,
      hint: expect.stringContaining('move that folder away') as string
    })
    expect(modified(first.folder)).toEqual(before)
    expect(folders(dataDir)).toHaveLength(2)
    expect((await new Authorities({ dataDir }).list()).map((found) => [found.name, 'broken' in found])).toEqual(
      [
        [other?.name, false],
        ['local', true]
      ].sort() as [string, boolean][]
    )
  })

  it('is replaced once its folder was moved away, as the hint says', async () => {
    const dataDir = temporaryFolder()
    const first = await new Authorities({ dataDir }).first()
    rmSync(first.folder, { recursive: true })
    expect((await new Authorities({ dataDir }).first()).fingerprint256).not.toBe(first.fingerprint256)
  })

  it('cannot be made where the data folder is no folder', async () => {
    const dataDir = written(temporaryFolder(), 'file', '')
    await expect(new Authorities({ dataDir }).first()).rejects.toMatchObject({
      code: 'authority-broken',
      hint: expect.stringContaining('--data') as string
    })
  })
})

describe('twelve processes that start at once', () => {
  let program = ''
  beforeAll(async () => {
    program = (await bundle({ makeAuthority: 'test/certs/make-authority-process.ts' })).makeAuthority
  })
  afterAll(() => rmSync(dirname(program), { recursive: true, force: true }))

  it('all get the same authorities, and their certificates verify', async () => {
    const dataDir = temporaryFolder()
    const children = Array.from({ length: 12 }, () => fork(program, [dataDir, 'app.example.com', 'localhost']))
    await Promise.all(children.map((child) => once(child, 'message')))
    const answers = children.map(
      async (child) => (await once(child, 'message'))[0] as { got: { name: string; fingerprint256: string }[]; certificate: string }
    )
    for (const child of children) child.send('go')
    const all = await Promise.all(answers)
    expect(new Set(all.map(({ got }) => JSON.stringify(got))).size).toBe(1)
    const [, named] = (await new Authorities({ dataDir }).authoritiesFor(['app.example.com', 'localhost'])).authorities
    expect(all[0]?.got[1]?.fingerprint256).toBe(named?.fingerprint256)
    const key = new X509Certificate(named?.certificate ?? '').publicKey
    expect(all.every(({ certificate }) => new X509Certificate(certificate).verify(key))).toBe(true)
    expect(readdirSync(join(dataDir, 'authorities')).filter((name) => name.startsWith('.'))).toEqual([])
  })
})
