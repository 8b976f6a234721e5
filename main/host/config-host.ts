import { readFileSync, readdirSync, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import type { ConfigHost } from '../../shared/site.js'

/** Configs and what they include are small; a device or a log named by mistake is not. */
const maxFileBytes = 16 * 1024 * 1024

/** What a dialect may ask of this machine while it reads a config. */
export class FileConfigHost implements ConfigHost {
  readonly #check: (certFile: string, keyFile: string) => string | null
  constructor(checkCertificate: (certFile: string, keyFile: string) => string | null) {
    this.#check = checkCertificate
  }

  readFile(path: string): string | null {
    try {
      const facts = statSync(path)
      return facts.isFile() && facts.size <= maxFileBytes ? readFileSync(path, 'latin1') : null
    } catch {
      return null
    }
  }

  stat(path: string): 'file' | 'directory' | 'missing' {
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

  checkCertificate(certFile: string, keyFile: string): string | null {
    return this.#check(certFile, keyFile)
  }
}

function entriesLike(folder: string, part: string): string[] {
  if (part === '') return [folder]
  if (!/[*?[]/.test(part)) return exists(join(folder, part)) ? [join(folder, part)] : []
  const pattern = partPattern(part)
  return namesIn(folder)
    .filter((name) => pattern.test(name) && (!name.startsWith('.') || part.startsWith('.')))
    .map((name) => join(folder, name))
}

function partPattern(part: string): RegExp {
  const source = part.replace(/\[(!?)([^\]]+)\]|[*?]|[.\\+^${}()|[\]]/g, (whole, not: string | undefined, set: string | undefined) => {
    if (set !== undefined) return `[${not === '!' ? '^' : ''}${set.replace(/[\\^]/g, '\\$&')}]`
    return whole === '*' ? '[^/]*' : whole === '?' ? '[^/]' : `\\${whole}`
  })
  return new RegExp(`^${source}$`, 's')
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
