import { posix } from 'node:path'
import type { ConfigHost, LoadOptions } from '../../../../shared/site.js'
import { readTree } from '../../../../main/dialects/apache/syntax/read-tree.js'
import type { Tree } from '../../../../main/dialects/apache/tree.js'

/** Files by absolute path; every folder above one exists, and those of `folders`. */
export function memoryHost(
  files: Record<string, string>,
  folders: readonly string[] = [],
  environment: Record<string, string> = {}
): ConfigHost {
  const directories = new Set([...folders, ...Object.keys(files).flatMap(parents)])
  const all = [...Object.keys(files), ...directories]
  return {
    readFile: (path) => files[path] ?? null,
    stat: (path) => (path in files ? 'file' : directories.has(path) ? 'directory' : 'missing'),
    glob: (pattern) =>
      [...new Set(all.filter((path) => posix.dirname(path) === posix.dirname(pattern) && matchesName(pattern, path)))].sort(),
    environment: (name) => environment[name],
    checkCertificate: () => null
  }
}

function parents(path: string): string[] {
  const above = posix.dirname(path)
  return above === path ? [] : [above, ...parents(above)]
}
function matchesName(pattern: string, path: string): boolean {
  const name = posix.basename(path)
  const wanted = posix.basename(pattern)
  if (name.startsWith('.') && !wanted.startsWith('.')) return false
  const source = wanted
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`).test(name)
}

export const loadOptions: LoadOptions = { generation: 1, defines: new Map(), lenient: false, root: '/etc/apache2' }

/** Reads one text as /etc/apache2/apache2.conf; other files beside it as given. */
export function readText(
  text: string,
  files: Record<string, string> = {},
  options: Partial<LoadOptions> = {},
  environment: Record<string, string> = {}
): Tree {
  const path = '/etc/apache2/apache2.conf'
  return readTree([{ path, text }], memoryHost({ [path]: text, ...files }, ['/var/www/html'], environment), { ...loadOptions, ...options })
}

/** `MESSAGE @LINE` of what httpd would refuse, or `ok`. */
export function verdict(tree: Tree): string {
  return tree.refused === null ? 'ok' : `${tree.refused.message} @${tree.refused.span?.endLine ?? '-'}`
}

/** A tree as indented lines: names and words. */
export function outline(tree: Tree): string {
  const lines = (directives: Tree['directives'], depth: number): string[] =>
    directives.flatMap((d) => [`${'  '.repeat(depth)}${[d.name, ...d.args].join('|')}`, ...lines(d.children, depth + 1)])
  return lines(tree.directives, 0).join('\n')
}
