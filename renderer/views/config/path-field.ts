import type { FileEntry } from '../../../shared/contract.js'

/** A typed path as a folder that can be listed and the beginning of a name in it. `~` is the home folder. */
export function splitPath(typed: string, home: string): { readonly folder: string; readonly name: string } {
  const whole = typed === '~' || /^~[/\\]/.test(typed) ? home + typed.slice(1) : typed
  const end = Math.max(whole.lastIndexOf('/'), whole.lastIndexOf('\\'))
  if (end < 0) return { folder: '', name: whole }
  // The root and a drive keep their slash.
  const folder = end === 0 || /^[A-Za-z]:$/.test(whole.slice(0, end)) ? whole.slice(0, end + 1) : whole.slice(0, end)
  return { folder, name: whole.slice(end + 1) }
}

export function joinPath(folder: string, name: string): string {
  const slash = folder.includes('\\') && !folder.includes('/') ? '\\' : '/'
  return folder.endsWith(slash) ? folder + name : folder + slash + name
}

/** Entries that a typed name may mean: those that begin with it, then those that contain it. */
export function matching(entries: readonly FileEntry[], name: string): FileEntry[] {
  const wanted = name.toLowerCase()
  const begins = entries.filter((entry) => entry.name.toLowerCase().startsWith(wanted))
  return [...begins, ...entries.filter((entry) => !begins.includes(entry) && entry.name.toLowerCase().includes(wanted))]
}

/** By its name; what is called otherwise may be one all the same. */
export function isConfigName(name: string): boolean {
  return /\.conf$|^switchyard\.json$/i.test(name)
}
/**
 * Folders, what is called like a config, and what begins as it is typed; where no file is, all of them, so that one with another name
 * can be found.
 */
export function configsAmong(entries: readonly FileEntry[], typed: string): readonly FileEntry[] {
  const begins = (name: string): boolean => typed !== '' && name.toLowerCase().startsWith(typed.toLowerCase())
  const kept = entries.filter(({ kind, name }) => kind === 'directory' || isConfigName(name) || begins(name))
  return kept.some(({ kind }) => kind === 'file') ? kept : entries
}
