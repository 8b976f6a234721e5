import { appBridgeName } from '../../shared/app-bridge.js'
import type { AppBridge } from '../../shared/app-bridge.js'

/** What the desktop app's preload gives its pages; null in a browser. */
export const appBridge: AppBridge | null = ((globalThis as Record<string, unknown>)[appBridgeName] as AppBridge | undefined) ?? null
