import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { probe } from '../../main/host/backend-probe.js'
import { listFolder } from '../../main/host/folder-list.js'
import { SettingsFile } from '../../main/host/settings-file.js'
import { defaultSettings } from '../../shared/settings.js'
import type { Settings } from '../../shared/settings.js'
import { echoBackend, temporaryFolder } from './running-host.js'

const never = new AbortController().signal

describe('settings', () => {
  function settings(dataDir: string) {
    let heard: (settings: Settings) => void = () => {}
    const changed = new Promise<Settings>((resolve) => (heard = resolve))
    const file = new SettingsFile(dataDir, (now) => heard(now))
    onTestFinished(() => file.close())
    return { file, changed }
  }

  it('of two programs on one folder lose nothing of each other, and are told', async () => {
    const dataDir = temporaryFolder()
    const [one, other] = [settings(dataDir), settings(dataDir)]
    expect(one.file.read()).toEqual(defaultSettings)
    await Promise.all([
      one.file.set({ theme: 'dark' }),
      other.file.set({ keepDays: 3 }),
      one.file.set({ utc: true }),
      other.file.opened(['/a'])
    ])
    expect(one.file.read()).toEqual({ ...defaultSettings, theme: 'dark', keepDays: 3, utc: true, recentConfigs: [['/a']] })
    expect(await one.changed).toMatchObject({ theme: 'dark' })
    expect(await other.changed).toBeTypeOf('object')
    expect(statSync(join(dataDir, 'settings.json')).mode & 0o777).toBe(0o600)
  })

  it('have the newest config first, each once, and keep what a later version wrote', async () => {
    const dataDir = temporaryFolder()
    writeFileSync(join(dataDir, 'settings.json'), '{"later":1,"theme":"pink","keepDays":5}')
    const { file } = settings(dataDir)
    for (const name of ['/a', '/b', '/a']) await file.opened([name])
    expect(file.read()).toMatchObject({ theme: 'system', keepDays: 5, recentConfigs: [['/a'], ['/b']] })
    expect(JSON.parse(readFileSync(join(dataDir, 'settings.json'), 'utf8'))).toMatchObject({ later: 1 })
  })
})

describe('files.list', () => {
  it('has folders first, then files, links as what they lead to, and nothing hidden', async () => {
    const folder = temporaryFolder()
    for (const name of ['b', 'a10', 'a9', '.hidden']) mkdirSync(join(folder, name))
    for (const name of ['z.conf', 'A.conf']) writeFileSync(join(folder, name), 'four')
    symlinkSync(join(folder, 'b'), join(folder, 'link'))
    symlinkSync(join(folder, 'nowhere'), join(folder, 'broken'))
    const { entries, parent } = await listFolder(folder)
    expect(entries.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      'directory a9',
      'directory a10',
      'directory b',
      'directory link',
      'file A.conf',
      'file z.conf'
    ])
    expect([entries.at(-1)?.bytes, parent]).toEqual([4, join(folder, '..')])
    expect((await listFolder(null)).folder).toBe(homedir())
    expect((await listFolder('/')).parent).toBeNull()
    await expect(listFolder(join(folder, 'z.conf'))).rejects.toMatchObject({
      code: 'file-unreadable',
      message: expect.stringContaining('it is no folder')
    })
  })
})

describe('backend.probe', () => {
  it('says whether somebody listens, and speaks TLS', async () => {
    const port = await echoBackend()
    expect(await probe('127.0.0.1', port, false, never)).toMatchObject({ reachable: true, why: null })
    expect(await probe('127.0.0.1', port, true, never)).toMatchObject({ reachable: false, why: expect.stringMatching(/TLS|handshake/) })
    expect(await probe('127.0.0.1', 9, false, never)).toMatchObject({ reachable: false, why: 'nothing listens there' })
  })
})
