import { SwitchyardError } from '../../shared/errors.js'
import { maxDraftChars } from '../../shared/requests.js'
import type { AppState } from './app.js'
import { appBridge } from './app-bridge.js'
import type { Connection } from './connection.svelte.js'

type Parts = Pick<AppState, 'connection' | 'navigation'>

/**
 * Opens a config and shows what it does: its traffic, or in Config what stands in the way, findings or a port that another has.
 * @throws SwitchyardError where it could not be read at all
 */
export async function openConfig({ connection, navigation }: Parts, files: readonly string[]): Promise<void> {
  await shown({ navigation }, () => connection.request('config.open', { files: [...files] }))
}
/** The same with one route, `/ws/=ws://127.0.0.1:3000/`. @throws SwitchyardError what is wrong with it */
export async function openRoute({ connection, navigation }: Parts, route: string): Promise<void> {
  await shown({ navigation }, () => connection.request('config.openRoutes', { routes: [route] }))
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

/** Who goes elsewhere while it is opened stays there; what is wrong is told all the same. */
async function shown({ navigation }: Pick<Parts, 'navigation'>, open: () => Promise<unknown>): Promise<void> {
  const from = navigation.screen
  try {
    await open()
    if (navigation.screen === from) navigation.go('traffic')
  } catch (thrown) {
    if (navigation.screen !== from) throw thrown
    if (isListed(thrown)) navigation.go('config', { problems: true })
    else if (hasCode(thrown, 'port-in-use', 'port-denied')) navigation.go('config')
    else throw thrown
  }
}
/** It was read, and its findings are listed: Config says more, line by line, than a message could. */
export function isListed(thrown: unknown): boolean {
  return hasCode(thrown, 'config-refused', 'config-unsupported')
}
function hasCode(thrown: unknown, ...codes: readonly SwitchyardError['code'][]): boolean {
  return thrown instanceof SwitchyardError && codes.includes(thrown.code)
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
