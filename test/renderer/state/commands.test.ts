import { expect, it } from 'vitest'
import { Commands } from '../../../renderer/state/commands.svelte.js'
import type { Command } from '../../../renderer/state/commands.svelte.js'

function command(id: string, title: string, more: Partial<Command> = {}): Command {
  return { id, title, run: () => {}, ...more }
}
const titles = (commands: Commands): string[] => commands.available.map(({ title }) => title)

it('of two with one id the later that can be done holds, and the earlier again when it is gone', () => {
  const commands = new Commands(async (_id, work) => void (await work()))
  let can = false
  commands.register(command('find', 'Filter traffic'), command('stop', 'Stop'))
  const remove = commands.register(command('find', 'Find in the frame', { when: () => can }))
  expect(titles(commands)).toEqual(['Filter traffic', 'Stop'])
  can = true
  expect(titles(commands)).toEqual(['Find in the frame', 'Stop'])
  remove()
  remove()
  expect(titles(commands)).toEqual(['Filter traffic', 'Stop'])
})

it('who waits for another command of an id is told when a screen brings it', async () => {
  const commands = new Commands(async (_id, work) => void (await work()))
  const standIn = command('find', 'Filter traffic')
  commands.register(standIn)
  const waiting = commands.another(standIn, 10_000)
  commands.register(command('find', 'Find'))
  await waiting
  expect(commands.find('find')?.title).toBe('Find')
})

it('is attempted by its id, and says whether there was one', async () => {
  const told: unknown[] = []
  const commands = new Commands(async (id, work) => {
    try {
      await work()
    } catch (thrown) {
      told.push([id, thrown])
    }
  })
  commands.register(command('stop', 'Stop', { run: () => Promise.reject(new Error('no')) }))
  expect([commands.run('stop'), commands.run('none')]).toEqual([true, false])
  await expect.poll(() => told).toEqual([['stop', new Error('no')]])
})
