import { readdirSync, statSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import type { ConfigHost, ConfigSource } from '../../shared/site.js'
import { readBounded } from './read-bounded.js'

/** What a dialect may ask of this machine while it reads a config. */
export class FileConfigHost implements ConfigHost {
  readonly #check: ConfigHost['checkCertificate']
  readonly #overlays: ReadonlyMap<string, string>

  /** @param overlays texts that stand in for files. A file that is gone is still there where a text stands in for it. */
  constructor(checkCertificate: ConfigHost['checkCertificate'], overlays: readonly ConfigSource[] = []) {
    this.#check = checkCertificate
    this.#overlays = new Map(overlays.map(({ path, text }) => [path, text]))
  }

  readFile(path: string): string | null {
    const over = this.#overlays.get(resolve(path))
    if (over !== undefined) return over
    try {
      return readBounded(path)
    } catch {
      return null
    }
  }

  stat(path: string): 'file' | 'directory' | 'missing' {
    if (this.#overlays.has(resolve(path))) return 'file'
    try {
      const facts = statSync(path)
      return facts.isDirectory() ? 'directory' : 'file'
    } catch {
      return 'missing'
    }
  }

  /** Wildcards `*`, `?` and `[…]` in any part of the path; a name with a leading dot needs a dot in the pattern (fnmatch with FNM_PERIOD). Sorted by bytes. */
  glob(pattern: string): readonly string[] {
    if (!isAbsolute(pattern)) return []
    const found = pattern
      .split('/')
      .slice(1)
      .reduce<string[]>((folders, part) => folders.flatMap((folder) => entriesLike(folder, part)), ['/'])
    return found.sort(byBytes)
  }

  environment(name: string): string | undefined {
    return process.env[name]
  }

  checkCertificate(certFile: string, keyFile: string, chainFile?: string): string | null {
    return this.#check(certFile, keyFile, chainFile)
  }
}

function entriesLike(folder: string, part: string): string[] {
  if (part === '') return [folder]
  if (!/[*?[\\]/.test(part)) return exists(join(folder, part)) ? [join(folder, part)] : []
  const pattern = partPattern(part)
  return namesIn(folder)
    .filter((name) => pattern.test(name) && (!name.startsWith('.') || part.startsWith('.')))
    .map((name) => join(folder, name))
}

/** fnmatch(3): a bracket that is not closed stands for itself, `]` first in a set belongs to it, a backslash takes the meaning away. */
function partPattern(part: string): RegExp {
  const source = part.replace(
    /\\(.)|\[([!^]?)(\][^\]]*|[^\]]+)\]|[\s\S]/g,
    (whole: string, escaped: string | undefined, not: string | undefined, set: string | undefined) => {
      if (escaped !== undefined) return quoted(escaped)
      if (set !== undefined) return `[${not === '' ? '' : '^'}${set.replace(/[\\^[\]]/g, '\\$&')}]`
      return whole === '*' ? '.*' : whole === '?' ? '.' : quoted(whole)
    }
  )
  try {
    return new RegExp(`^${source}$`, 's')
  } catch {
    // A range that runs backwards (`[z-a]`) matches nothing.
    return /(?!)/
  }
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    // Not a folder on the way, or not to be looked into.
    return false
  }
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
