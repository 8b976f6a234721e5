import { resolve } from 'node:path'

export interface AppArguments {
  /** Config files, absolute. */
  readonly files: readonly string[]
  /** As `--data` names it; undefined where it says nothing. */
  readonly data: string | undefined
}

/** What the app was started with: config files and `--data DIR`. All other options are Chromium's and Electron's own. */
export function readAppArguments(words: readonly string[], folder: string): AppArguments {
  const files: string[] = []
  let data: string | undefined
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '--data') data = words[++at]
    else if (word.startsWith('--data=')) data = word.slice('--data='.length)
    else if (word !== '' && !word.startsWith('-')) files.push(resolve(folder, word))
  }
  return { files, data: data === undefined || data === '' ? undefined : resolve(folder, data) }
}

/** The words of a person: without the executable and, where the app is not packaged, the project's folder. */
export function wordsOf(argv: readonly string[], isPackaged: boolean): readonly string[] {
  if (isPackaged) return argv.slice(1)
  const project = argv.findIndex((word, at) => at > 0 && !word.startsWith('-'))
  return project === -1 ? [] : argv.slice(project + 1)
}
