import type { AppBridge } from '../../shared/app-bridge.js'

/** Names of what preload and main process say to each other; nobody else can say them. */
export const channels = {
  connect: 'connect',
  port: 'port',
  engine: 'engine',
  command: 'command',
  chooseConfigs: 'choose-configs',
  chooseSaveFile: 'choose-save-file',
  clipboardText: 'clipboard-text',
  startEngine: 'start-engine',
  showFile: 'show-file',
  newWindow: 'new-window',
  openLink: 'open-link'
} as const

/** What a page is told before it runs; it stands in its process's arguments, so that nothing has to be waited for. */
export type PageFacts = Pick<AppBridge, 'platform' | 'version' | 'window' | 'opens'>
const factsPrefix = '--switchyard-facts='

export function factsArgument(facts: PageFacts): string {
  return factsPrefix + JSON.stringify(facts)
}
export function factsIn(words: readonly string[]): PageFacts {
  const word = words.find((each) => each.startsWith(factsPrefix)) ?? ''
  return JSON.parse(word.slice(factsPrefix.length)) as PageFacts
}

/** Links that the system's browser may be given. */
export function isWebUrl(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url)
}
