import { expect, it } from 'vitest'
import type { AppState } from '../../../renderer/state/app.js'
import { ConfigActions } from '../../../renderer/views/config/config-actions.svelte.js'
import { ConfigDesk } from '../../../renderer/views/config/config-desk.svelte.js'
import type { Finding } from '../../../shared/trace.js'
import { Answers } from './answers.js'

const file = '/etc/site.conf'
const facts = { file, root: true, edited: false, changedOnDisk: false, base: 'hash' }
const text = 'Listen 80\nRewriteEngine On\nRewriteRule / /new\n'
const findings = [2, 3].map((line) => ({ severity: 'warning', code: 'left-out', message: `line ${line}`, span: { file, line, column: 1 } }))

/** A config that was refused just now, and is looked at for the first time: its findings are asked for. */
async function refused(): Promise<{ host: Answers; actions: ConfigActions; led: Promise<void> }> {
  const host = new Answers()
  const desk = new ConfigDesk(host.connection)
  const notices = { done: () => {}, show: () => {} }
  const actions = new ConfigActions(desk, { connection: host.connection, notices } as unknown as AppState)
  const led = actions.toProblems()
  await host.give('config.files', { files: [facts], options: null, served: false })
  await host.give('config.outline', { hosts: [] })
  await host.give('config.text', { ...facts, text })
  return { host, actions, led }
}

it('leads to the first problem of a config that was refused', async () => {
  const { host, actions, led } = await refused()
  await host.give('config.check', { findings, sketch: null })
  await led
  expect(actions.place).toMatchObject({ file, line: 2 })
})

it('leaves whoever clicked another problem meanwhile where they are', async () => {
  const { host, actions, led } = await refused()
  const clicked = actions.go(findings[1]?.span as NonNullable<Finding['span']>, 'refused')
  await host.give('config.textOf', { text })
  await clicked
  expect(actions.place).toMatchObject({ file, line: 3 })
  await host.give('config.check', { findings, sketch: null })
  await led
  expect(actions.place).toMatchObject({ file, line: 3 })
})
