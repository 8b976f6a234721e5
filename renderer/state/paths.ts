import type { ConfigFacts } from '../../shared/contract.js'

/** The last part of a path of any system. */
export function fileName(path: string): string {
  return /[^/\\]*$/.exec(path)?.[0] || path
}
export function folderName(path: string): string {
  return path.slice(0, Math.max(0, path.length - fileName(path).length - 1))
}
/** With `~` for the home folder. */
export function shortPath(path: string, home: string): string {
  const inside = home !== '' && path.startsWith(home) && /^[/\\]/.test(path.slice(home.length))
  return inside ? `~${path.slice(home.length)}` : path
}
/** What a config is called: `production.conf`, `production.conf and 2 more`, `Demo`. */
export function configName({ opened, dialect }: Pick<ConfigFacts, 'opened' | 'dialect'>): string {
  const [first, ...more] = opened
  if (first === undefined) return dialect === 'native' ? 'Routes' : dialect
  return more.length === 0 ? fileName(first) : `${fileName(first)} and ${more.length} more`
}
