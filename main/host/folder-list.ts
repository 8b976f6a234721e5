import { opendir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { FileEntry, Replies } from '../../shared/contract.js'
import { SwitchyardError } from '../../shared/errors.js'

const maxEntries = 2000
/** So many names are read of a folder that has more: what stands behind them is not found. */
const maxNames = 50_000

/** What of a folder one could open: folders first, then files, without the hidden ones. null: the home folder. @throws SwitchyardError `file-unreadable` */
export async function listFolder(asked: string | null): Promise<Replies['files.list']> {
  const folder = resolve(homedir(), asked ?? '.')
  const names = await namesIn(folder)
  const parent = dirname(folder)
  const found = await Promise.all(names.map(async (name) => await entry(folder, name)))
  const entries = found.filter((each) => each !== null).sort((a, b) => rank(a) - rank(b) || byName(a.name, b.name))
  return { folder, parent: parent === folder ? null : parent, entries: entries.slice(0, maxEntries) }
}

/** Folders come first, so they must not be cut off by files: those are known before anything is looked at. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    const [folders, others]: [string[], string[]] = [[], []]
    for await (const each of await opendir(folder, { bufferSize: 256 })) {
      if (each.name.startsWith('.')) continue
      if (each.isDirectory()) folders.push(each.name)
      else others.push(each.name)
      if (folders.length + others.length >= maxNames) break
    }
    return [...folders.sort(byName), ...others.sort(byName)].slice(0, maxEntries)
  } catch (thrown) {
    throw unreadable(folder, thrown)
  }
}

/** A link is what it leads to; what is neither file nor folder, or leads nowhere, is left out. */
async function entry(folder: string, name: string): Promise<FileEntry | null> {
  try {
    const facts = await stat(join(folder, name))
    if (facts.isDirectory()) return { name, kind: 'directory', bytes: 0 }
    return facts.isFile() ? { name, kind: 'file', bytes: facts.size } : null
  } catch {
    return null
  }
}

function rank({ kind }: FileEntry): number {
  return kind === 'directory' ? 0 : 1
}
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
function byName(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0)
}

const reasons: Readonly<Record<string, string>> = {
  ENOTDIR: 'it is no folder',
  EACCES: 'this user may not look into it',
  EPERM: 'this user may not look into it'
}
function unreadable(folder: string, thrown: unknown): SwitchyardError {
  const { code, message } = thrown as NodeJS.ErrnoException
  const what =
    code === 'ENOENT' ? `There is no file or folder ${folder}.` : `${folder} cannot be listed: ${reasons[code ?? ''] ?? message}.`
  return new SwitchyardError('file-unreadable', what, { hint: 'Choose another one.', cause: thrown })
}
