import { SwitchyardError } from '../../shared/errors.js'
import { maxDraftChars } from '../../shared/contract.js'
import type { AppState } from './app.js'
import { appBridge } from './app-bridge.js'
import type { Connection } from './connection.svelte.js'

type Parts = Pick<AppState, 'connection' | 'navigation'>

/**
 * Opens a config and shows what it does: its traffic, or its findings where they stand in the way.
 * @throws SwitchyardError where it could not be read at all
 */
export async function openConfig({ connection, navigation }: Parts, files: readonly string[]): Promise<void> {
  await shown({ navigation }, () => connection.request('config.open', { files: [...files] }))
}
/** The same with what was dropped on the page. @throws SwitchyardError where it could not be read at all */
export async function openDropped({ connection, navigation }: Parts, files: readonly File[]): Promise<void> {
  await shown({ navigation }, () => askForDropped(connection, files))
}
/**
 * The app knows where files stand; of one that a browser has, or that has no place, the text is
 * opened as a draft, without what it includes.
 * @throws SwitchyardError why it is not served
 */
export async function askForDropped(connection: Connection, files: readonly File[]): Promise<void> {
  const paths = files.map((file) => appBridge?.pathOf(file) ?? '').filter((path) => path !== '')
  const [file] = files
  if (paths.length > 0) await connection.request('config.open', { files: paths })
  else if (file !== undefined) await connection.request('config.openText', { name: file.name, text: await textOf(file) })
}

async function shown({ navigation }: Pick<Parts, 'navigation'>, open: () => Promise<unknown>): Promise<void> {
  try {
    await open()
    navigation.go('traffic')
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown
    navigation.go('config', { problems: true })
  }
}
/** It was read, and its findings are listed: Config says more than a message could. */
function isRefusal(thrown: unknown): boolean {
  return thrown instanceof SwitchyardError && (thrown.code === 'config-refused' || thrown.code === 'config-unsupported')
}

/** A config is UTF-8, or a byte a character. */
async function textOf(file: File): Promise<string> {
  if (file.size > maxDraftChars)
    throw new SwitchyardError('request-invalid', `${file.name} is larger than ${maxDraftChars / 1024 ** 2} MiB.`, {
      hint: 'Open it by its path.'
    })
  const bytes = await file.arrayBuffer()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('latin1').decode(bytes)
  }
}
