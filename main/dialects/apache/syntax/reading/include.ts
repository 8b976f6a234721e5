import { basename, dirname, isAbsolute, join, parse, resolve } from 'node:path'
import type { ConfigNode } from '../node.js'
import { readContainer } from './container.js'
import { Input } from './input.js'
import type { ReadCall, ReadResult, Reading } from './state.js'

/** httpd's AP_MAX_INCLUDE_DEPTH and AP_MAX_FNMATCH_DIR_DEPTH. */
const maxIncludeDepth = 128
const maxFolderDepth = 20
const prefix = 'Include/IncludeOptional: '

/** `Include`, `IncludeOptional`: a file, every file below a folder, or what a pattern matches, in strcmp order. */
export function include(call: ReadCall, optional: boolean): ReadResult {
  const { reading, words } = call
  if (reading.includeDepth >= maxIncludeDepth)
    return { error: `Exceeded maximum include depth of ${maxIncludeDepth}, There appears to be a recursion.` }
  reading.includeDepth++
  const walk = new IncludeWalk(reading, optional)
  const path = resolve(reading.path(words[0] ?? ''))
  const error = isPattern(path) ? walk.matching(parse(path).root, path.slice(parse(path).root.length).split(/[\\/]/)) : walk.whole(path)
  reading.includeDepth--
  if (error === null) return walk.nodes
  return { error, ...(walk.missing ? { hint: missingHint(words[0] ?? '', reading.serverRoot) } : {}) }
}

/** apr_fnmatch_test: whether a name has a wildcard. */
export function isPattern(name: string): boolean {
  return /[*?]|\[[^\]]*\]/.test(name)
}

class IncludeWalk {
  readonly nodes: ConfigNode[] = []
  readonly #reading: Reading
  readonly #optional: boolean
  #folders = 0
  /** What it ended at is a file that is not here. */
  missing = false

  constructor(reading: Reading, optional: boolean) {
    this.#reading = reading
    this.#optional = optional
  }

  /** A file, or a folder with all that is in it, hidden files too. */
  whole(path: string): string | null {
    const kind = this.#reading.host.stat(path)
    if (kind === 'directory') return this.#folder(path)
    return kind === 'missing' && this.#optional ? null : this.#file(path)
  }

  /** One part of the path after the other; a wildcard inside of a path matches folders alone. */
  matching(folder: string, parts: readonly string[]): string | null {
    const [part = '', ...rest] = parts
    const all = (path: string) => (rest.length === 0 ? this.whole(path) : this.matching(path, rest))
    if (!isPattern(part)) return all(join(folder, part))
    const { host } = this.#reading
    if (host.stat(folder) !== 'directory')
      return this.#optional ? null : `${prefix}Could not open directory ${folder}: No such file or directory`
    const found = host.glob(join(folder, part)).filter((path) => rest.length === 0 || host.stat(path) === 'directory')
    if (found.length === 0 && !this.#optional) return `${prefix}No matches for the wildcard '${part}' in '${folder}', failing`
    return firstError(inOrder(found), all)
  }

  #folder(path: string): string | null {
    if (++this.#folders > maxFolderDepth) {
      return `${prefix}Directory '${path}' exceeds the maximum include directory nesting level of ${maxFolderDepth}. You have probably a recursion somewhere.`
    }
    const { host } = this.#reading
    const entries = new Set([...host.glob(join(path, '*')), ...host.glob(join(path, '.*'))])
    const inside = [...entries].filter((entry) => dirname(entry) === path && !/^\.{1,2}$/.test(basename(entry)))
    const error = firstError(inOrder(inside), (entry) => this.whole(entry))
    this.#folders--
    return error
  }

  #file(path: string): string | null {
    const text = this.#reading.host.readFile(path)
    this.missing = text === null
    if (text === null) return `Could not open configuration file ${path}: No such file or directory`
    if (!this.#reading.addFile({ path, text })) return `Included files are too large: ${path} was not read`
    this.nodes.push(...readContainer(this.#reading, new Input(path, text), null))
    return null
  }
}

function missingHint(written: string, serverRoot: string): string {
  const from = isAbsolute(written) ? '' : ` Relative paths begin at ServerRoot, ${serverRoot} here.`
  return `httpd does not start without it: copy it from the server to that place.${from}`
}
/** strcmp of latin1 names. */
function inOrder(paths: readonly string[]): string[] {
  return [...paths].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}
function firstError(paths: readonly string[], read: (path: string) => string | null): string | null {
  for (const path of paths) {
    const error = read(path)
    if (error !== null) return error
  }
  return null
}
