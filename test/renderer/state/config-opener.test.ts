import { expect, test } from 'vitest'
import { openConfig } from '../../../renderer/state/config-opener.js'
import type { Connection } from '../../../renderer/state/connection.svelte.js'
import { Navigation } from '../../../renderer/state/navigation.svelte.js'
import { Preferences } from '../../../renderer/state/preferences.svelte.js'
import { SwitchyardError } from '../../../shared/errors.js'

/** Somebody on Start opens a config, which is answered by `answer` or `refuse`. */
function opening() {
  const kept = { getItem: () => null, setItem: () => {} }
  const navigation = new Navigation(new Preferences({ shared: kept, own: kept }), ['traffic', 'config', 'logs', 'start'])
  navigation.go('start')
  let answer = (_reply: unknown): void => {}
  let refuse = (_error: SwitchyardError): void => {}
  const asked = new Promise((resolve, reject) => ([answer, refuse] = [resolve, reject]))
  const connection = { request: () => asked } as unknown as Connection
  const opened = openConfig({ connection, navigation }, ['site.conf'])
  return { navigation, opened, answer, refuse }
}

test('a config that is opened shows its traffic, but not to who went elsewhere meanwhile', async () => {
  const stayed = opening()
  stayed.answer({})
  await stayed.opened
  expect(stayed.navigation.screen).toBe('traffic')
  const left = opening()
  left.navigation.go('logs')
  left.answer({})
  await left.opened
  expect(left.navigation.screen).toBe('logs')
})

test('a config that is refused is shown with its findings, but told to who went elsewhere; so is another fault', async () => {
  const refused = opening()
  refused.refuse(new SwitchyardError('config-refused', 'It has mistakes.'))
  await refused.opened
  expect(refused.navigation.screen).toBe('config')
  expect(refused.navigation.targetOf('config')).toEqual({ problems: true })
  const left = opening()
  left.navigation.go('logs')
  left.refuse(new SwitchyardError('config-refused', 'It has mistakes.'))
  await expect(left.opened).rejects.toThrow('It has mistakes.')
  expect(left.navigation.screen).toBe('logs')
  const missing = opening()
  missing.refuse(new SwitchyardError('file-unreadable', 'It is not there.'))
  await expect(missing.opened).rejects.toThrow('It is not there.')
  expect(missing.navigation.screen).toBe('start')
})
