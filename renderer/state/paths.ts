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
type Opened = Pick<ConfigFacts, 'opened' | 'dialect'> & { readonly files?: readonly string[] }

/** Nothing of the user's: what Switchyard shows while it has no config (main/host/demo.ts). */
export function isDemo({ opened, files = [] }: Opened): boolean {
  return opened.length === 0 && files.some((file) => file.startsWith('demo '))
}
/** What a config is called: `production.conf`, `production.conf and 2 more`, `Demo`. */
export function configName(config: Opened): string {
  const { opened, dialect } = config
  const [first, ...more] = opened
  if (isDemo(config)) return 'Demo'
  if (first === undefined) return dialect === 'native' ? 'Routes' : dialect
  return more.length === 0 ? fileName(first) : `${fileName(first)} and ${more.length} more`
}
