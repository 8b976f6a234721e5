import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect, it } from 'vitest'
import { ownCommand } from '../../main/host/own-command.js'
import { temporaryFolder } from './running-host.js'

/** A clone with its script, a Node, and two folders of a PATH that have neither. */
function machine() {
  const folder = temporaryFolder()
  const [script, execPath] = [join(folder, 'switchyard.js'), join(folder, 'node-20')]
  for (const file of [script, execPath]) writeFileSync(file, '')
  const bins = ['one', 'two'].map((name) => join(folder, name))
  for (const bin of bins) mkdirSync(bin)
  const [first = '', second = ''] = bins
  return { script, first, second, machine: { execPath, path: bins.join(delimiter), isElectron: false } }
}

it('is `switchyard` where a terminal finds this very script by that name, linked or not', () => {
  const { script, second, machine: here } = machine()
  symlinkSync(script, join(second, 'switchyard'))
  expect(ownCommand(script, here)).toEqual(['switchyard'])
})

it('is Node and the path of the script where that name is another, or none', () => {
  const { script, first, second, machine: here } = machine()
  expect(ownCommand(script, here)).toEqual([here.execPath, script])
  symlinkSync(here.execPath, join(second, 'node'))
  expect(ownCommand(script, here)).toEqual(['node', script])
  // Somebody else's stands before ours.
  writeFileSync(join(first, 'switchyard'), '')
  symlinkSync(script, join(second, 'switchyard'))
  expect(ownCommand(script, here)).toEqual(['node', script])
  writeFileSync(join(first, 'node'), '')
  expect(ownCommand(script, here)).toEqual([here.execPath, script])
})

it('is no Electron: the app runs the script by the Node that is there', () => {
  const { script, machine: here } = machine()
  expect(ownCommand(script, { ...here, isElectron: true })).toEqual(['node', script])
})
