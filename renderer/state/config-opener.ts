import { SwitchyardError } from '../../shared/errors.js'
import type { AppState } from './app.js'

type Parts = Pick<AppState, 'connection' | 'navigation'>

/**
 * Opens a config and shows what it does: its traffic, or its findings where they stand in the way.
 * @throws SwitchyardError where it could not be read at all
 */
export async function openConfig({ connection, navigation }: Parts, files: readonly string[]): Promise<void> {
  try {
    await connection.request('config.open', { files: [...files] })
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
