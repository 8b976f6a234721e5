import { appBridgeName } from '../../../shared/app-bridge.js'
import type { AppBridge } from '../../../shared/app-bridge.js'

/** The app's own dialogs and the paths of what is dropped; null in a browser, which has neither. */
export function appDialogs(): AppBridge | null {
  return (globalThis as { [appBridgeName]?: AppBridge })[appBridgeName] ?? null
}
