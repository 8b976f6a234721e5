import type { AppBridge } from '../../shared/app-bridge.js'

/** Names of what preload and main process say to each other; nobody else can say them. */
export const channels = {
  facts: 'facts',
  connect: 'connect',
  port: 'port',
  engine: 'engine',
  command: 'command',
  chooseConfigs: 'choose-configs',
  chooseSaveFile: 'choose-save-file',
  showFile: 'show-file',
  newWindow: 'new-window',
  openLink: 'open-link'
} as const

export type PageFacts = Pick<AppBridge, 'platform' | 'version' | 'command'>

/** Links that the system's browser may be given. */
export function isWebUrl(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url)
}
