import { expect, it, onTestFinished, vi } from 'vitest'
import { ConfigDesk } from '../../../renderer/views/config/config-desk.svelte.js'
import { Answers } from './answers.js'

const file = '/etc/site.conf'
const facts = { file, root: true, edited: false, changedOnDisk: false, base: 'hash' }

it('a text that is on its way to the host is not drawn over by the one that the host had', async () => {
  for (const name of ['addEventListener', 'removeEventListener']) vi.stubGlobal(name, () => {})
  onTestFinished(() => void vi.unstubAllGlobals())
  const host = new Answers()
  const desk = new ConfigDesk(host.connection)
  onTestFinished(desk.start())
  void desk.refresh()
  await host.give('config.files', { files: [facts] })
  await host.give('config.text', { ...facts, text: 'Listen 80' })
  const shown = desk.given
  expect(shown).toEqual({ file, text: 'Listen 80' })

  desk.edit(file, '# mine\nListen 80')
  void desk.flush()
  host.changed({ file })
  await host.give('config.files', { files: [facts] })
  expect(host.names).not.toContain('config.text')
  await host.give('config.edit', { ...facts, edited: true })
  await host.give('config.text', { ...facts, edited: true, text: '# mine\nListen 80' })
  expect(desk.given).toBe(shown)
  expect(desk.text?.text).toBe('# mine\nListen 80')
})

it('options are changed one after the other, each made of what the one before left, and Apply waits for all of them', async () => {
  const host = new Answers()
  const desk = new ConfigDesk(host.connection)
  const made: unknown[] = []
  const add = (map: string) =>
    desk.change(({ maps }) => {
      made.push([...maps, map])
      return { maps: [...maps, map] }
    })
  const filesWith = (...maps: readonly string[]) => ({ files: [], options: { maps, ports: [] }, served: false })
  void add('a=1')
  void add('b=2')
  void desk.apply()
  for (const before of [[], ['a=1']]) {
    await host.give('config.files', filesWith(...before))
    expect(host.names).toEqual(['config.options'])
    await host.give('config.options', null)
    await host.give('config.files', filesWith(...before, 'new'))
    await host.give('config.outline', { hosts: [] })
  }
  expect(made).toEqual([['a=1'], ['a=1', 'b=2']])
  expect(host.names).toEqual(['config.check'])
})

it('what a check said of one config is not said of the next', async () => {
  const host = new Answers()
  const desk = new ConfigDesk(host.connection)
  const open = async (path: string): Promise<void> => {
    void desk.refresh()
    await host.give('config.files', { files: [{ ...facts, file: path }], options: null, served: false })
    await host.give('config.text', { ...facts, file: path, text: 'Listen 80' })
  }
  await open(file)
  const at = (path: string) => [{ severity: 'warning', code: 'x', message: 'x', span: { file: path, line: 1, column: 1 } }]
  await host.give('config.check', { findings: at(file), sketch: null })
  expect([desk.findings.length, desk.checkedInMs === null]).toEqual([1, false])
  await open('/etc/other.conf')
  expect([desk.findings.length, desk.checkedInMs]).toEqual([0, null])
  await host.give('config.check', { findings: at('/etc/other.conf'), sketch: null })
  expect(desk.findings).toEqual(at('/etc/other.conf'))
})
